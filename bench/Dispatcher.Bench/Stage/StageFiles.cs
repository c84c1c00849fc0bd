using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Dispatcher.Bench.Stage;

/// <summary>A folder with everything that has to be a file: the sink's certificate, a signing key for APNs, a service account for FCM.</summary>
internal sealed class StageFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dispatcher-bench-");

    public StageFiles(TimeProvider time)
    {
        WriteCertificate(time);
        using var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(ApnsKey, signing.ExportPkcs8PrivateKeyPem());
    }

    public string Folder => _folder.FullName;

    /// <summary>The sink's certificate, which is also the only root to trust.</summary>
    public string Certificate => Path("cert.pem");

    /// <summary>Its key.</summary>
    public string CertificateKey => Path("key.pem");

    /// <summary>What APNs' provider tokens are signed with.</summary>
    public string ApnsKey => Path("apns.p8");

    /// <summary>Writes a service account whose access tokens come from a sink.</summary>
    public string ServiceAccount(Uri tokens)
    {
        using var key = RSA.Create(2048);
        var path = Path($"service-account-{tokens.Port}.json");
        File.WriteAllText(path, JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["type"] = "service_account",
            ["project_id"] = "bench",
            ["private_key_id"] = "1",
            ["private_key"] = key.ExportPkcs8PrivateKeyPem(),
            ["client_email"] = "bench@bench.iam.gserviceaccount.com",
            ["client_id"] = "1",
            ["token_uri"] = tokens.AbsoluteUri,
        }));
        return path;
    }

    public string Path(string name) => System.IO.Path.Combine(Folder, name);

    public void Dispose() => _folder.Delete(recursive: true);

    private void WriteCertificate(TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(CertificateKey, key.ExportPkcs8PrivateKeyPem());
    }
}
