using System.Security.Cryptography;
using Dispatcher.Simulator.Tls;

namespace Dispatcher.Simulator.Apns;

/// <summary>The team's authentication key, as a developer would download it from Apple.</summary>
public sealed class ApnsKey : IDisposable
{
    private ApnsKey(ECDsa key, string keyId, string teamId) => (Key, KeyId, TeamId) = (key, keyId, teamId);

    /// <summary>The <c>kid</c> of every provider token.</summary>
    public string KeyId { get; }

    /// <summary>The <c>iss</c> of every provider token.</summary>
    public string TeamId { get; }

    /// <summary>P-256, with the private half.</summary>
    public ECDsa Key { get; }

    /// <summary>The key of an earlier run, so that its clients stay valid; else a fresh one, written there.</summary>
    public static ApnsKey LoadOrCreate(string path, string keyId, string teamId)
    {
        if (!File.Exists(path))
        {
            var fresh = new ApnsKey(ECDsa.Create(ECCurve.NamedCurves.nistP256), keyId, teamId);
            SecretFile.Write(path, fresh.Key.ExportPkcs8PrivateKeyPem());
            return fresh;
        }

        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(path));
        return new ApnsKey(key, keyId, teamId);
    }

    /// <inheritdoc/>
    public void Dispose() => Key.Dispose();
}
