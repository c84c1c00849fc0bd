using Confluent.Kafka;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class ProducerSettingsTests
{
    private static readonly KafkaOptions Options = new() { BootstrapServers = "kafka:9092" };

    [Fact]
    public void Both_producers_lose_nothing() => Assert.All([ProducerSettings.ForRequests(Options), ProducerSettings.ForHandOffs(Options)], config =>
    {
        Assert.Equal((Acks.All, true, 5), (config.Acks, config.EnableIdempotence, config.MaxInFlight));
        Assert.Equal((100_000, 65_536), (config.QueueBufferingMaxMessages, config.QueueBufferingMaxKbytes));
    });

    [Fact]
    public void A_request_has_a_deadline_that_its_caller_can_wait_for()
    {
        Assert.Equal((2, 10_000), (ProducerSettings.ForRequests(Options).LingerMs, ProducerSettings.ForRequests(Options).MessageTimeoutMs));
        Assert.Equal((5, 120_000), (ProducerSettings.ForHandOffs(Options).LingerMs, ProducerSettings.ForHandOffs(Options).MessageTimeoutMs));
    }

    [Fact]
    public void What_is_configured_stands_over_what_is_chosen_here()
    {
        var options = new KafkaOptions { BootstrapServers = "kafka:9092" };
        options.Properties["message.timeout.ms"] = "3000";
        options.Properties["compression.type"] = "zstd";

        var config = ProducerSettings.ForRequests(options);

        Assert.Equal((3000, CompressionType.Zstd), (config.MessageTimeoutMs, config.CompressionType));
    }
}
