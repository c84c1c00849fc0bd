using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Dispatcher.Simulator.Tls;

/// <summary>The simulator's own certificate authority. Clients trust its certificate, never the server's.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);
    private static readonly TimeSpan Validity = TimeSpan.FromDays(3650);

    private CertificateAuthority(X509Certificate2 certificate) => Certificate = certificate;

    /// <summary>The root certificate, with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Makes a fresh authority.</summary>
    public static CertificateAuthority Create(TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Dispatcher Simulator CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = time.GetUtcNow();
        return new CertificateAuthority(request.CreateSelfSigned(now - ClockSkew, now + Validity));
    }

    /// <summary>The authority of an earlier run, so that whoever trusts it may stay connected across a restart; else a fresh one.</summary>
    public static CertificateAuthority LoadOrCreate(string certificatePath, string keyPath, TimeProvider time)
    {
        if (File.Exists(certificatePath) && File.Exists(keyPath))
            return new CertificateAuthority(X509Certificate2.CreateFromPemFile(certificatePath, keyPath));

        var authority = Create(time);
        using var key = authority.Certificate.GetECDsaPrivateKey()!;
        SecretFile.Write(keyPath, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificatePath, authority.Certificate.ExportCertificatePem());
        return authority;
    }

    /// <summary>A server certificate for this machine's loopback names.</summary>
    /// <param name="host">Another name that it is for.</param>
    public X509Certificate2 IssueServer(string? host = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        if (host is not null)
            names.AddDnsName(host);
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "Server Authentication")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));

        var serial = RandomNumberGenerator.GetBytes(16);
        using var issued = request.Create(Certificate, Certificate.NotBefore, Certificate.NotAfter, serial);
        return issued.CopyWithPrivateKey(key);
    }

    /// <inheritdoc/>
    public void Dispose() => Certificate.Dispose();
}
