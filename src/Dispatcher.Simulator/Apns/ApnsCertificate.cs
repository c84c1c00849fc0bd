using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dispatcher.Simulator.Tls;

namespace Dispatcher.Simulator.Apns;

/// <summary>Certificates that clients show in the place of a provider token. Source: Apple, "Establishing a certificate-based connection to APNs".</summary>
internal sealed class ApnsCertificate(CertificateAuthority authority)
{
    private const string TopicExtension = "1.2.840.113635.100.6.3.6";

    /// <summary>Makes one for an app: its bundle id, and with the suffixes that a certificate may have.</summary>
    public X509Certificate2 Issue(string bundleId)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=Apple Push Services: {bundleId}, OID.0.9.2342.19200300.100.1.1={bundleId}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2", "Client Authentication")], false));
        request.CertificateExtensions.Add(new X509Extension(TopicExtension, Topics(bundleId), critical: false));
        var root = authority.Certificate;
        using var issued = request.Create(root, root.NotBefore, root.NotAfter, RandomNumberGenerator.GetBytes(16));
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>Judges what a connection has shown.</summary>
    public ApnsReason? Problem(X509Certificate2 certificate, string? topic) =>
        certificate.IssuerName.RawData.AsSpan().SequenceEqual(authority.Certificate.SubjectName.RawData)
            ? topic is null || Names(certificate).Contains(topic) ? null : ApnsReason.TopicDisallowed
            : ApnsReason.Named(StatusCodes.Status403Forbidden, "BadCertificate");

    private static byte[] Topics(string bundleId)
    {
        var asn = new AsnWriter(AsnEncodingRules.DER);
        using (asn.PushSequence())
        {
            foreach (var kind in (string[])["app", "voip", "complication"])
            {
                asn.WriteCharacterString(UniversalTagNumber.UTF8String, kind == "app" ? bundleId : $"{bundleId}.{kind}");
                using (asn.PushSequence())
                    asn.WriteCharacterString(UniversalTagNumber.UTF8String, kind);
            }
        }

        return asn.Encode();
    }

    private static HashSet<string> Names(X509Certificate2 certificate)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (certificate.Extensions[TopicExtension] is not { } extension)
            return names;
        var topics = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
        while (topics.HasData)
        {
            names.Add(topics.ReadCharacterString(UniversalTagNumber.UTF8String));
            topics.ReadEncodedValue();
        }

        return names;
    }
}
