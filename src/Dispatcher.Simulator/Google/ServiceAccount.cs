using System.Security.Cryptography;
using System.Text.Json;
using Dispatcher.Simulator.Tls;

namespace Dispatcher.Simulator.Google;

/// <summary>The service account of a simulated Firebase project.</summary>
public sealed class ServiceAccount : IDisposable
{
    private ServiceAccount(RSA key, string privateKeyId, string projectId, string projectNumber) =>
        (Key, PrivateKeyId, ProjectId, ProjectNumber) = (key, privateKeyId, projectId, projectNumber);

    /// <summary>The project that it may push for.</summary>
    public string ProjectId { get; }

    /// <summary>The same project by number, which FCM takes as well.</summary>
    public string ProjectNumber { get; }

    /// <summary>The <c>iss</c> of every assertion.</summary>
    public string Email => $"dispatcher@{ProjectId}.iam.gserviceaccount.com";

    /// <summary>The <c>kid</c> of every assertion.</summary>
    public string PrivateKeyId { get; }

    /// <summary>RSA, with the private half.</summary>
    public RSA Key { get; }

    /// <summary>The account of an earlier run, so that its clients stay valid; else a fresh one, not written yet.</summary>
    public static ServiceAccount LoadOrCreate(string path, string projectId, string projectNumber)
    {
        if (!File.Exists(path))
            return new ServiceAccount(RSA.Create(2048), RandomNumberGenerator.GetHexString(40, lowercase: true), projectId, projectNumber);

        using var file = JsonDocument.Parse(File.ReadAllBytes(path));
        var key = RSA.Create();
        key.ImportFromPem(file.RootElement.GetProperty("private_key").GetString());
        return new ServiceAccount(key, file.RootElement.GetProperty("private_key_id").GetString()!, projectId, projectNumber);
    }

    /// <summary>Writes the credential file as the Google Cloud console would hand it out.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="tokenUri">The token endpoint, known once it listens.</param>
    public void Save(string path, Uri tokenUri)
    {
        var file = new ServiceAccountFile(
            "service_account", ProjectId, PrivateKeyId, Key.ExportPkcs8PrivateKeyPem() + "\n", Email, $"100000000{ProjectNumber}", tokenUri,
            "googleapis.com");
        SecretFile.Write(path, JsonSerializer.Serialize(file, GoogleJson.Default.ServiceAccountFile));
    }

    /// <inheritdoc/>
    public void Dispose() => Key.Dispose();
}
