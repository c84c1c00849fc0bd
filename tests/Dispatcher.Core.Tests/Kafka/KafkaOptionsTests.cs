using Confluent.Kafka;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class KafkaOptionsTests
{
    [Fact]
    public void Brokers_are_all_that_is_needed() => Assert.Empty(Valid().Validate());

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void Without_brokers_it_says_what_to_give(string servers) =>
        Assert.Equal(
            "Kafka:BootstrapServers is missing; give host:port, several separated by commas.",
            Assert.Single(new KafkaOptions { BootstrapServers = servers }.Validate()));

    [Theory]
    [InlineData("")]
    [InlineData("push topics")]
    [InlineData("püsh")]
    [InlineData("a/b")]
    public void Names_have_the_characters_that_kafka_allows(string name)
    {
        var options = Valid();
        (options.TopicPrefix, options.GroupId) = (name, name);

        Assert.Equal(
            [
                $"Kafka:TopicPrefix '{name}' must be 1 to 200 characters of a-z, A-Z, 0-9, '.', '_' and '-'.",
                $"Kafka:GroupId '{name}' must be 1 to 200 characters of a-z, A-Z, 0-9, '.', '_' and '-'.",
            ],
            options.Validate());
    }

    [Fact]
    public void Names_have_a_length()
    {
        var options = Valid();
        options.TopicPrefix = new string('p', 200);
        Assert.Empty(options.Validate());

        options.TopicPrefix = new string('p', 201);
        Assert.Single(options.Validate());
    }

    [Theory]
    [InlineData("acks")]
    [InlineData("request.required.acks")]
    [InlineData("Enable.Idempotence")]
    [InlineData("enable.auto.commit")]
    [InlineData("enable.auto.offset.store")]
    [InlineData("auto.offset.reset")]
    [InlineData("group.id")]
    [InlineData("group.instance.id")]
    [InlineData("bootstrap.servers")]
    [InlineData("metadata.broker.list")]
    [InlineData("transactional.id")]
    [InlineData("dotnet.producer.enable.delivery.reports")]
    [InlineData("dotnet.producer.delivery.report.fields")]
    [InlineData("delivery.report.only.error")]
    [InlineData("enabled_events")]
    [InlineData("enable_sasl_queue")]
    public void What_the_promise_of_no_loss_rests_on_cannot_be_set(string property)
    {
        var options = Valid();
        options.Properties[property] = "x";

        Assert.Equal(
            $"Kafka:Properties:{property} cannot be set: the promise that nothing accepted is lost rests on it.",
            Assert.Single(options.Validate()));
    }

    [Fact]
    public void Any_other_property_reaches_every_client()
    {
        var options = Valid();
        (options.Properties["security.protocol"], options.Properties["sasl.mechanism"]) = ("sasl_ssl", "PLAIN");
        (options.Properties["sasl.username"], options.Properties["sasl.password"]) = ("me", "word");
        options.Properties["linger.ms"] = "7";

        Assert.Empty(options.Validate());
        Assert.Equal(SaslMechanism.Plain, options.Client<AdminClientConfig>().SaslMechanism);
        Assert.Equal("kafka:9092", options.Client<ConsumerConfig>().BootstrapServers);
        Assert.Equal(7, ProducerSettings.ForRequests(options).LingerMs);
        Assert.Equal(7, ProducerSettings.ForHandOffs(options).LingerMs);
    }

    private static KafkaOptions Valid() => new() { BootstrapServers = "kafka:9092" };
}
