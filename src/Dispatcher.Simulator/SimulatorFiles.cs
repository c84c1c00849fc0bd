namespace Dispatcher.Simulator;

/// <summary>What the simulator writes into its directory.</summary>
internal sealed record SimulatorFiles(string Directory)
{
    public string CaCertificate => Path.Combine(Directory, "ca.pem");

    public string CaKey => Path.Combine(Directory, "ca-key.pem");

    public string ApnsKey => Path.Combine(Directory, "AuthKey_SIMKEY0001.p8");

    public string ApnsCertificate => Path.Combine(Directory, "apns-certificate.pem");

    public string ServiceAccount => Path.Combine(Directory, "service-account.json");

    public static SimulatorFiles In(string? directory)
    {
        var info = directory is null
            ? System.IO.Directory.CreateTempSubdirectory("dispatcher-simulator-")
            : System.IO.Directory.CreateDirectory(directory);
        return new SimulatorFiles(info.FullName);
    }
}
