namespace Dispatcher.Simulator;

/// <summary>What the simulator writes into its directory.</summary>
internal sealed record SimulatorFiles(string Directory)
{
    public string CaCertificate => Path.Combine(Directory, "ca.pem");

    public string CaKey => Path.Combine(Directory, "ca-key.pem");

    public string ApnsCertificate => Path.Combine(Directory, "apns-certificate.pem");

    public string ApnsKey(string keyId) => Path.Combine(Directory, $"AuthKey_{keyId}.p8");

    public string ServiceAccount(int app) => Path.Combine(Directory, app == 1 ? "service-account.json" : $"service-account-{app}.json");

    public static SimulatorFiles In(string? directory)
    {
        var info = directory is null
            ? System.IO.Directory.CreateTempSubdirectory("dispatcher-simulator-")
            : System.IO.Directory.CreateDirectory(directory);
        return new SimulatorFiles(info.FullName);
    }
}
