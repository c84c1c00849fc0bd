using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>Whom TLS trusts: the machine's roots, or only those of a PEM file. The host name is checked either way.</summary>
internal sealed class TrustedRoots
{
    /// <summary>The roots that the machine trusts.</summary>
    public static readonly TrustedRoots OfTheMachine = new(null);

    private readonly X509Certificate2Collection? _roots;

    private TrustedRoots(X509Certificate2Collection? roots) => _roots = roots;

    /// <summary>Reads a PEM file, or takes the machine's roots where there is no path.</summary>
    /// <exception cref="CryptographicException">The file holds no certificate.</exception>
    public static TrustedRoots Load(string? pemPath)
    {
        if (pemPath is null)
            return OfTheMachine;
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(pemPath);
        return roots.Count > 0 ? new(roots) : throw new CryptographicException("It holds no certificate.");
    }

    /// <summary>Says what is wrong with a path, or <see langword="null"/>.</summary>
    public static string? Problem(string? pemPath)
    {
        try
        {
            Load(pemPath);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return e.Message;
        }
    }

    /// <summary>New TLS options, for one handler.</summary>
    /// <param name="certificate">What we show, if the peer asks.</param>
    public SslClientAuthenticationOptions ToSslOptions(SslStreamCertificateContext? certificate = null)
    {
        var options = new SslClientAuthenticationOptions
        {
            ClientCertificateContext = certificate,
#pragma warning disable CA5398 // APNs' floor is TLS 1.2; leaving it to the operating system could mean less.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
        };
        if (_roots is null)
            return options;

        options.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck, // a private CA publishes no revocation list
        };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(_roots);
        return options;
    }
}
