using System.Security.Cryptography;
using Dispatcher.Simulator.Tls;

namespace Dispatcher.Simulator.Apns;

/// <summary>The team's authentication key, as a developer would download it from Apple.</summary>
public sealed class ApnsKey : IDisposable
{
    private ApnsKey(ECDsa key) => Key = key;

    /// <summary>The <c>kid</c> of every provider token.</summary>
    public string KeyId => "SIMKEY0001";

    /// <summary>The <c>iss</c> of every provider token.</summary>
    public string TeamId => "SIMTEAM001";

    /// <summary>P-256, with the private half.</summary>
    public ECDsa Key { get; }

    /// <summary>A fresh key.</summary>
    public static ApnsKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>The key of an earlier run, so that its clients stay valid; else a fresh one, written there.</summary>
    public static ApnsKey LoadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            var fresh = Create();
            SecretFile.Write(path, fresh.Key.ExportPkcs8PrivateKeyPem());
            return fresh;
        }

        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(path));
        return new ApnsKey(key);
    }

    /// <inheritdoc/>
    public void Dispose() => Key.Dispose();
}
