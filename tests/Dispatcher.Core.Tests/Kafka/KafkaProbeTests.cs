using Dispatcher.Core.Kafka;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class KafkaProbeTests : IDisposable
{
    private readonly TestKafka _kafka = new();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public void A_cluster_with_every_topic_is_well() =>
        Assert.Null(KafkaProbe.Problem(_kafka.Options(), _kafka.Options().Topics.All, TestKafka.Patience));

    [Fact]
    public void Topics_that_are_missing_are_named()
    {
        var problem = KafkaProbe.Problem(_kafka.Options(), ["push.results", "other.results", "other.tokens"], TestKafka.Patience);

        Assert.Equal(
            $"Kafka at {_kafka.Cluster.BootstrapServers} has no topic other.results, other.tokens; create them first: dispatcher topics create (docs/operations.md).", problem);
    }

    [Fact]
    public void A_broker_that_does_not_answer_is_named()
    {
        _kafka.Cluster.SetDown();

        var problem = KafkaProbe.Problem(_kafka.Options(), [], TimeSpan.FromMilliseconds(300));

        Assert.StartsWith($"Kafka at {_kafka.Cluster.BootstrapServers} does not answer (", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no.such.property", "1")]
    [InlineData("security.protocol", "carrier-pigeon")]
    public void A_property_that_librdkafka_does_not_know_is_named(string name, string value)
    {
        var problem = KafkaProbe.Problem(_kafka.Options((name, value)), [], TestKafka.Patience);

        Assert.StartsWith("Kafka's configuration is wrong: ", problem, StringComparison.Ordinal);
        Assert.Contains(name, problem, StringComparison.Ordinal);
    }
}
