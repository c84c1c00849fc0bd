using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Dispatcher.Core.Tests.Providers.Apns;

/// <summary>Certificates that look like Apple's, signed by nobody.</summary>
internal static class AppleCertificates
{
    public const string Password = "s3cret";

    /// <summary>A certificate whose extension names topics, each with its kind, as Apple's do.</summary>
    public static X509Certificate2 Make(
        DateTimeOffset notAfter, string[] topics, string extension = "1.2.840.113635.100.6.3.6", string subject = "CN=Apple Push Services")
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        if (topics.Length > 0)
        {
            var asn = new AsnWriter(AsnEncodingRules.DER);
            using (asn.PushSequence())
            {
                foreach (var topic in topics)
                {
                    asn.WriteCharacterString(UniversalTagNumber.UTF8String, topic);
                    using (asn.PushSequence())
                        asn.WriteCharacterString(UniversalTagNumber.UTF8String, topic.EndsWith(".voip", StringComparison.Ordinal) ? "voip" : "app");
                }
            }

            request.CertificateExtensions.Add(new X509Extension(extension, asn.Encode(), critical: false));
        }

        return request.CreateSelfSigned(notAfter.AddDays(-365), notAfter);
    }

    /// <summary>Writes a PKCS#12 file.</summary>
    public static string WritePkcs12(this X509Certificate2 certificate, string folder, string? password = Password)
    {
        var path = Path.Combine(folder, $"{certificate.Thumbprint}.p12");
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pkcs12, password));
        return path;
    }

    /// <summary>Writes a PEM file, with the key in it, or beside it.</summary>
    public static (string Path, string? KeyPath) WritePem(this X509Certificate2 certificate, string folder, bool oneFile, string? password = null)
    {
        using var key = certificate.GetRSAPrivateKey()!;
        var keyPem = password is null
            ? key.ExportPkcs8PrivateKeyPem()
            : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        var path = Path.Combine(folder, $"{certificate.Thumbprint}.pem");
        var keyPath = Path.Combine(folder, $"{certificate.Thumbprint}-key.pem");
        File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + (oneFile ? keyPem : ""));
        if (oneFile)
            return (path, null);
        File.WriteAllText(keyPath, keyPem);
        return (path, keyPath);
    }
}
