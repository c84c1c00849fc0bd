using System.Security.Cryptography.X509Certificates;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Apns;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Apns;

public sealed class ApnsCertificateTests : IDisposable
{
    private static readonly DateTimeOffset Ends = AcceptedAt.AddDays(100);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certificates-");
    private readonly X509Certificate2 _made = AppleCertificates.Make(Ends, ["com.example.shop", "com.example.shop.voip"]);

    public void Dispose()
    {
        _made.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("s3cret")]
    public void It_is_read_from_pkcs12(string? password)
    {
        using var certificate = Load(new(_made.WritePkcs12(_folder.FullName, password), null, password));

        Assert.Equal(["com.example.shop", "com.example.shop.voip"], certificate.Topics.Order());
        Assert.Equal(Ends, certificate.ExpiresAt);
        Assert.Equal(_made.Thumbprint, certificate.Context.TargetCertificate.Thumbprint);
        Assert.True(certificate.Context.TargetCertificate.HasPrivateKey);
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, null)]
    [InlineData(true, "s3cret")]
    [InlineData(false, "s3cret")]
    public void It_is_read_from_pem(bool oneFile, string? password)
    {
        var (path, keyPath) = _made.WritePem(_folder.FullName, oneFile, password);

        using var certificate = Load(new(path, keyPath, password));

        Assert.Equal(_made.Thumbprint, certificate.Context.TargetCertificate.Thumbprint);
        Assert.True(certificate.Context.TargetCertificate.HasPrivateKey);
    }

    [Fact]
    public void Both_of_apple_s_extensions_name_topics()
    {
        using var made = AppleCertificates.Make(Ends, ["com.example.shop"], "1.2.840.113635.100.6.3.4");
        using var certificate = Load(new(made.WritePkcs12(_folder.FullName), null, AppleCertificates.Password));

        Assert.Equal(["com.example.shop"], certificate.Topics);
    }

    [Fact]
    public void Without_them_the_user_id_of_the_subject_is_the_topic()
    {
        using var made = AppleCertificates.Make(Ends, [], subject: "CN=APSP:0d4d, OID.0.9.2342.19200300.100.1.1=com.apple.mgmt.External.0d4d");
        using var certificate = Load(new(made.WritePkcs12(_folder.FullName), null, AppleCertificates.Password));

        Assert.Equal(["com.apple.mgmt.External.0d4d"], certificate.Topics);
    }

    [Fact]
    public void One_that_is_not_for_the_app_says_whom_it_is_for()
    {
        using var certificate = Load(new(_made.WritePkcs12(_folder.FullName), null, AppleCertificates.Password));

        Assert.Null(certificate.Problem(ShopApp, AcceptedAt));
        Assert.Equal(
            "is not for 'com.example.bank' but for com.example.shop, com.example.shop.voip.",
            certificate.Problem(ShopApp with { BundleId = "com.example.bank" }, AcceptedAt));
    }

    [Fact]
    public void One_that_has_ended_says_when()
    {
        using var certificate = Load(new(_made.WritePkcs12(_folder.FullName), null, AppleCertificates.Password));

        Assert.Null(certificate.Problem(ShopApp, Ends.AddSeconds(-1)));
        Assert.StartsWith($"ended on {Ends:yyyy-MM-dd}.", certificate.Problem(ShopApp, Ends), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_read_names_the_app_and_the_file_and_not_the_password()
    {
        var path = _made.WritePkcs12(_folder.FullName);
        var broken = Path.Combine(_folder.FullName, "broken.p12");
        File.WriteAllText(broken, "no certificate");
        var withoutKey = Path.Combine(_folder.FullName, "bare.pem");
        File.WriteAllText(withoutKey, _made.ExportCertificatePem());

        foreach (var file in (ApnsCertificateFile[])[new(path, null, "wrong-password"), new(broken, null, null), new(withoutKey, null, null)])
        {
            var e = Assert.Throws<InvalidAppException>(() => Load(file));
            Assert.StartsWith($"App 'shop-ios': CertificatePath '{file.Path}' is not a certificate with its key: ", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("wrong-password", e.Message, StringComparison.Ordinal);
        }
    }

    private static ApnsCertificate Load(ApnsCertificateFile file) => ApnsCertificate.Load(ShopApp with { Identity = file }, file);
}
