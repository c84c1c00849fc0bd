using Dispatcher.Core.Kafka;

namespace Dispatcher.Core.Tests.Kafka;

/// <summary>What librdkafka would find out when it connects, in its own words, or never.</summary>
public sealed class KafkaSecurityTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kafka-security-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("sasl.usrname", "me", "Kafka:Properties:sasl.usrname is no property of librdkafka; sasl.username is near.")]
    [InlineData("quark", "1", "Kafka:Properties:quark is no property of librdkafka.")]
    [InlineData("security.protocol", "carrier-pigeon", "Kafka:Properties:security.protocol has a value that librdkafka does not take: Invalid value \"carrier-pigeon\" for configuration property \"security.protocol\"")]
    [InlineData("sasl.username", "me", "Kafka:Properties:sasl.username is set, but Kafka:Properties:security.protocol is plaintext, which signs nobody in; give sasl_ssl (or sasl_plaintext).")]
    [InlineData("ssl.ca.location", "/no/such/ca.pem", "Kafka:Properties:ssl.ca.location '/no/such/ca.pem' does not exist.")]
    [InlineData("security.protocol", "sasl_ssl", "Kafka:Properties:security.protocol is sasl_ssl, but Kafka:Properties:sasl.mechanism is missing; give one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, GSSAPI.")]
    public void A_property_that_cannot_work_is_named_and_says_what_to_do(string name, string value, string problem) =>
        Assert.Equal(problem, Assert.Single(Options((name, value)).Validate()));

    [Fact]
    public void A_mechanism_needs_what_it_signs_in_with()
    {
        var options = Options(("security.protocol", "SASL_SSL"), ("sasl.mechanism", "SCRAM-SHA-512"), ("sasl.username", "me"));

        Assert.Equal(
            "Kafka:Properties:sasl.mechanism is SCRAM-SHA-512, but Kafka:Properties:sasl.password is missing (or Kafka:PropertyFiles:sasl.password, the path of a file with it).",
            Assert.Single(options.Validate()));

        options.PropertyFiles["sasl.password"] = File("password", "s3cret-word\nnot this\n");
        Assert.Empty(options.Validate());
        Assert.Equal("s3cret-word", options.AllProperties["sasl.password"]);
        Assert.Equal("Authentication of *** failed", options.Redact("Authentication of s3cret-word failed"));
    }

    [Fact]
    public void A_certificate_needs_its_key_and_a_key_its_certificate()
    {
        var (certificate, key) = (File("client.pem", "x"), File("client.key", "x"));

        Assert.Equal(
            "Kafka:Properties:ssl.certificate.location is set, but Kafka:Properties:ssl.key.location is missing: a certificate needs its private key.",
            Assert.Single(Options(("security.protocol", "ssl"), ("ssl.certificate.location", certificate)).Validate()));
        Assert.Equal(
            "Kafka:Properties:ssl.key.location is set, but Kafka:Properties:ssl.certificate.location is missing: a private key needs its certificate.",
            Assert.Single(Options(("security.protocol", "ssl"), ("ssl.key.location", key)).Validate()));
        Assert.Empty(Options(("security.protocol", "ssl"), ("ssl.certificate.location", certificate), ("ssl.key.location", key)).Validate());
    }

    [Fact]
    public void A_secret_s_file_must_be_there_hold_something_and_be_the_only_word()
    {
        var options = Options(("sasl.password", "one"));
        options.PropertyFiles["sasl.password"] = File("password", "two");
        options.PropertyFiles["ssl.key.password"] = File("empty", "");
        options.PropertyFiles["ssl.keystore.password"] = "/no/such/file";
        options.PropertyFiles["acks"] = File("acks", "0");

        Assert.Equal(
            [
                "Kafka:Properties:acks cannot be set: the promise that nothing accepted is lost rests on it.",
                "Kafka:PropertyFiles:sasl.password and Kafka:Properties:sasl.password are both set; give one of them.",
                $"Kafka:PropertyFiles:ssl.key.password '{options.PropertyFiles["ssl.key.password"]}' is empty; its first line is the value.",
                "Kafka:PropertyFiles:ssl.keystore.password '/no/such/file' cannot be read: Could not find a part of the path '/no/such/file'.",
            ],
            options.Validate());
    }

    [Theory]
    [InlineData("ssl.ca.location is set, but Kafka:Properties:security.protocol is plaintext: nothing is encrypted", "ssl.ca.location", "/")]
    [InlineData("verification is false: whoever answers", "security.protocol", "ssl", "enable.ssl.certificate.verification", "false")]
    [InlineData("algorithm is none", "security.protocol", "ssl", "ssl.endpoint.identification.algorithm", "none")]
    [InlineData("over the network as it is", "security.protocol", "sasl_plaintext", "sasl.mechanism", "PLAIN", "sasl.username", "me", "sasl.password", "word")]
    public void What_is_less_safe_than_it_looks_is_said(string warning, params string[] properties)
    {
        var options = Options([.. properties.Chunk(2).Select(pair => (pair[0], pair[1]))]);

        Assert.Empty(options.Validate());
        Assert.Contains(warning, Assert.Single(options.Warnings()), StringComparison.Ordinal);
    }

    private static KafkaOptions Options(params (string Name, string Value)[] properties)
    {
        var options = new KafkaOptions { BootstrapServers = "localhost:9092" };
        foreach (var (name, value) in properties)
            options.Properties[name] = value;
        return options;
    }

    private string File(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
