using System.Formats.Asn1;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dispatcher.Core.Apps;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>
/// A certificate of Apple's that connections show. It is for the topics that it names, and for a year. Source: Apple, "Establishing a
/// certificate-based connection to APNs".
/// </summary>
internal sealed class ApnsCertificate : IDisposable
{
    private static readonly string[] TopicExtensions = ["1.2.840.113635.100.6.3.6", "1.2.840.113635.100.6.3.4"];

    private const string UserId = "0.9.2342.19200300.100.1.1";

    private readonly X509Certificate2 _certificate;

    private ApnsCertificate(X509Certificate2 certificate)
    {
        _certificate = certificate;
        Topics = ReadTopics(certificate);
        ExpiresAt = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        Context = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
    }

    /// <summary>The topics that it names: those of its extensions, or the user id of its subject where it has none.</summary>
    public IReadOnlySet<string> Topics { get; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>What TLS shows.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Reads an app's certificate with its private key.</summary>
    /// <param name="app">The app.</param>
    /// <param name="file">Its certificate.</param>
    /// <exception cref="InvalidAppException">It cannot be read; the message names the app and the file.</exception>
    public static ApnsCertificate Load(ApnsApp app, ApnsCertificateFile file)
    {
        try
        {
            var certificate = ReadPemOrPkcs12(file);
            if (certificate.HasPrivateKey)
                return new ApnsCertificate(certificate);
            certificate.Dispose();
            throw new CryptographicException("There is no private key in it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new InvalidAppException($"App '{app.Name}': CertificatePath '{file.Path}' is not a certificate with its key: {e.Message}");
        }
    }

    /// <summary>Says why an app cannot use it, or <see langword="null"/>.</summary>
    /// <param name="app">The app.</param>
    /// <param name="now">The instant of the question.</param>
    public string? Problem(ApnsApp app, DateTimeOffset now) => this switch
    {
        _ when now >= ExpiresAt => $"ended on {ExpiresAt:yyyy-MM-dd}. Make a new one at Apple and put it in its place.",
        _ when !Topics.Contains(app.BundleId) =>
            $"is not for '{app.BundleId}' but for {(Topics.Count > 0 ? string.Join(", ", Topics.Order(StringComparer.Ordinal)) : "no topic at all")}.",
        _ => null,
    };

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();

    private static X509Certificate2 ReadPemOrPkcs12(ApnsCertificateFile file)
    {
        var bytes = File.ReadAllBytes(file.Path);
        if (bytes.AsSpan().IndexOf("-----BEGIN"u8) < 0)
            return X509CertificateLoader.LoadPkcs12(bytes, file.Password);
        return file.Password is { Length: > 0 } password
            ? X509Certificate2.CreateFromEncryptedPemFile(file.Path, password, file.KeyPath)
            : X509Certificate2.CreateFromPemFile(file.Path, file.KeyPath);
    }

    private static HashSet<string> ReadTopics(X509Certificate2 certificate)
    {
        var topics = new HashSet<string>(StringComparer.Ordinal);
        foreach (var extension in certificate.Extensions.Where(extension => TopicExtensions.Contains(extension.Oid?.Value)))
        {
            try
            {
                // SEQUENCE { topic, SEQUENCE { "app" | "voip" | … }, topic, … }
                var sequence = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (sequence.HasData)
                {
                    if (sequence.PeekTag() == new Asn1Tag(UniversalTagNumber.UTF8String))
                        topics.Add(sequence.ReadCharacterString(UniversalTagNumber.UTF8String));
                    else
                        sequence.ReadEncodedValue();
                }
            }
            catch (AsnContentException)
            {
                // Not of that form, then it names no topic.
            }
        }

        if (topics.Count == 0)
            topics.UnionWith(certificate.SubjectName.EnumerateRelativeDistinguishedNames().Where(IsUserId).Select(name => name.GetSingleElementValue()).OfType<string>());
        return topics;
    }

    private static bool IsUserId(X500RelativeDistinguishedName name) => !name.HasMultipleElements && name.GetSingleElementType().Value == UserId;
}
