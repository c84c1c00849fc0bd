using Dispatcher.Core.Configuration;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Sending.Limits;
using Microsoft.Extensions.Configuration;

namespace Dispatcher.Core.Tests.Configuration;

public sealed class SectionReaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("section-reader-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Every_problem_is_found_at_once_and_names_what_was_probably_meant()
    {
        var reader = Reader("""
            {
              "Kafak": { "BootstrapServers": "localhost:9092" }, "Frobnicate": 1,
              "Limits": { "MaxConcurency": 5, "Ramp": "1.00:00:00" }, "Kafka": { "BootstrapServers": "b:1", "TopicPrefix": { "a": "b" } }
            }
            """);
        reader.Section<LimitOptions>("Limits", options => options.Validate());
        reader.Section<KafkaOptions>("Kafka", options => options.Validate());

        Assert.Equal(
            [
                "Frobnicate (file.json) is no section.",
                "Kafak (file.json) is no section; Kafka is near.",
                "Limits:MaxConcurency is no option; Limits:MaxConcurrency is near.",
                "Limits:Ramp 1.00:00:00 must be 0 to 10 min.",
                "Kafka:TopicPrefix:a is no option: Kafka:TopicPrefix is a single value.",
            ],
            reader.Problems);
    }

    [Fact]
    public void A_value_that_does_not_bind_is_a_problem_and_not_an_exception()
    {
        var reader = Reader("""{ "Limits": { "MaxConcurrency": "many" } }""");
        reader.Section<LimitOptions>("Limits", options => options.Validate());

        Assert.Contains("'many' at 'Limits:MaxConcurrency'", Assert.Single(reader.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_belongs_to_everybody()
    {
        var reader = new SectionReader(new ConfigurationBuilder().AddInMemoryCollection([new("PATH", "/bin"), new("Whatever:X", "1")]).Build());

        Assert.Empty(reader.Problems);
    }

    [Fact]
    public void What_is_in_effect_can_be_shown_without_a_secret()
    {
        var reader = Reader("""
            {
              "Kafka": { "BootstrapServers": "b:1", "Properties": { "sasl.password": "hush-hush", "sasl.username": "me", "ssl.key.pem": "-----BEGIN" }, "PropertyFiles": { "ssl.key.password": "/run/secrets/word" } },
              "Logging": { "LogLevel": { "Default": "Loud" } }
            }
            """);
        reader.Section<KafkaOptions>("Kafka");
        reader.Foreign("Logging", LoggingSection.IsLevel, LoggingSection.Problem);

        var shown = reader.Values.ToDictionary(value => value.Path, value => value.Shown);
        Assert.Equal(("***", "***", "me"), (shown["Kafka:Properties:sasl.password"], shown["Kafka:Properties:ssl.key.pem"], shown["Kafka:Properties:sasl.username"]));
        Assert.Equal("/run/secrets/word", shown["Kafka:PropertyFiles:ssl.key.password"]);
        Assert.Equal(
            ["Kafka:Properties:sasl.password", "Kafka:Properties:ssl.key.pem"], reader.Warnings.Select(warning => warning[..warning.IndexOf(' ', StringComparison.Ordinal)]).Order());
        Assert.Equal(("push", "none"), (shown["Kafka:TopicPrefix"], new OptionValue("x", "", false, true).Shown));
        Assert.Equal(("file.json", true), (reader.Origin("Kafka:BootstrapServers").Name, reader.Origin("Kafka:BootstrapServers").IsFile));
        Assert.Equal("default", reader.Origin("Kafka:TopicPrefix").Name);
        Assert.Equal("Logging:LogLevel:Default 'Loud' must be one of Trace, Debug, Information, Warning, Error, Critical, None.", Assert.Single(reader.Problems));
        Assert.Equal("http://***@proxy:3128", new OptionValue("Apns:Proxy", "http://me:word@proxy:3128", false, false).Shown);
    }

    private SectionReader Reader(string json)
    {
        var path = Path.Combine(_folder.FullName, "file.json");
        File.WriteAllText(path, json);
        return new SectionReader(new ConfigurationBuilder().AddJsonFile(path).Build());
    }
}
