using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Core.Tests.Kafka;

/// <summary>In-memory Kafka speaks no TLS, so that a socket stands in for a broker: it is greeted with TLS, and shown the client's certificate.</summary>
public sealed class KafkaTlsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kafka-tls-");
    private readonly TcpListener _broker = new(IPAddress.Loopback, 0);

    public void Dispose()
    {
        _broker.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_client_greets_with_tls_trusts_the_given_roots_and_shows_its_certificate()
    {
        using var server = Certificate("localhost");
        using var client = Certificate("dispatcher-worker");
        _broker.Start();
        var options = new KafkaOptions { BootstrapServers = $"localhost:{((IPEndPoint)_broker.LocalEndpoint).Port}" };
        options.Properties["security.protocol"] = "ssl";
        options.Properties["broker.address.family"] = "v4";
        options.Properties["ssl.ca.location"] = File("ca.pem", server.ExportCertificatePem());
        options.Properties["ssl.certificate.location"] = File("client.pem", client.ExportCertificatePem());
        options.PropertyFiles["ssl.key.location"] = File("where-the-key-is", File("client.key", client.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem()));
        Assert.Empty(options.Validate());

        var probing = Task.Run(() => KafkaProbe.Problem(options, [], TestKafka.Patience / 3));
        using var connection = await _broker.AcceptTcpClientAsync().WaitAsync(TestKafka.Patience);
        await using var tls = new SslStream(connection.GetStream());
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = server,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null, // whom it trusts is the broker's business
        }).WaitAsync(TestKafka.Patience);
        var asked = await tls.ReadAtLeastAsync(new byte[8], 8).AsTask().WaitAsync(TestKafka.Patience);

        Assert.Equal(client.GetCertHashString(), tls.RemoteCertificate?.GetCertHashString());
        Assert.Equal(8, asked); // the length and the key of a first request: the client took our certificate
        tls.Close();
        _broker.Stop();
        Assert.Contains("does not answer", await probing.WaitAsync(TestKafka.Patience), StringComparison.Ordinal);
    }

    private static X509Certificate2 Certificate(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
    }

    private string File(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
