using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Tests.Consuming;

public sealed class ConsumerSettingsTests
{
    private static readonly Lane ApnsUrgent = new(Provider.Apns, PushClass.Urgent);

    [Theory]
    [InlineData("enable.auto.commit", "true")]
    [InlineData("enable.auto.offset.store", "false")]
    [InlineData("auto.offset.reset", "earliest")]
    [InlineData("partition.assignment.strategy", "cooperative-sticky")]
    [InlineData("enable.partition.eof", "false")]
    [InlineData("allow.auto.create.topics", "false")]
    [InlineData("check.crcs", "false")]
    [InlineData("queued.max.messages.kbytes", "16384")]
    [InlineData("queued.min.messages", "5000")]
    [InlineData("fetch.queue.backoff.ms", "20")]
    [InlineData("socket.keepalive.enable", "true")]
    public void A_lane_is_set_to_lose_nothing_and_to_keep_little(string name, string expected) =>
        Assert.Equal(expected, ConsumerSettings.ForLane(Options(), ApnsUrgent).Get(name), ignoreCase: true);

    [Fact]
    public void A_dead_worker_is_missed_soon_and_a_slow_one_is_not()
    {
        var config = ConsumerSettings.ForLane(Options(), ApnsUrgent);

        Assert.InRange(config.SessionTimeoutMs!.Value, 10_000, 15_000);
        Assert.True(config.HeartbeatIntervalMs * 3 <= config.SessionTimeoutMs);
        Assert.InRange(config.MaxPollIntervalMs!.Value, 60_000, 120_000);
        Assert.InRange(config.AutoCommitIntervalMs!.Value, 250, 1_000);
    }

    [Fact]
    public void Lanes_have_groups_of_their_own()
    {
        var groups = Lane.All.Select(lane => ConsumerSettings.ForLane(Options(), lane).GroupId).ToList();

        Assert.Equal(["dispatcher.push.apns.urgent", "dispatcher.push.apns.bulk", "dispatcher.push.fcm.urgent", "dispatcher.push.fcm.bulk"], groups);
        Assert.Equal(groups.Select(group => $"{group}.delay"), Lane.All.Select(lane => ConsumerSettings.ForDelays(Options(), lane).GroupId));
    }

    [Fact]
    public void The_delay_tiers_consumers_prefetch_together_what_one_lanes_does()
    {
        var lane = ConsumerSettings.ForLane(Options(), ApnsUrgent);
        var delays = ConsumerSettings.ForDelays(Options(), ApnsUrgent);

        Assert.Equal(lane.QueuedMaxMessagesKbytes, Lane.All.Count * delays.QueuedMaxMessagesKbytes);
        Assert.Equal(lane.FetchMaxBytes, Lane.All.Count * delays.FetchMaxBytes);
    }

    /// <summary>With KIP-848 these are the broker's; a client that names them, even as null, is refused at creation.</summary>
    [Fact]
    public void The_consumer_protocol_leaves_to_the_broker_what_is_the_brokers()
    {
        var options = Options(("session.timeout.ms", "30000"), ("heartbeat.interval.ms", "1000"), ("partition.assignment.strategy", "range"));
        options.GroupProtocol = "consumer";

        var config = ConsumerSettings.ForLane(options, ApnsUrgent);

        Assert.Equal(GroupProtocol.Consumer, config.GroupProtocol);
        Assert.DoesNotContain(config, pair => pair.Key is "session.timeout.ms" or "heartbeat.interval.ms" or "partition.assignment.strategy");
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
    }

    [Fact]
    public void Nobody_is_a_static_member() => Assert.Null(ConsumerSettings.ForLane(Options(), ApnsUrgent).GroupInstanceId);

    [Fact]
    public void Properties_of_the_operator_win()
    {
        var config = ConsumerSettings.ForLane(Options(("session.timeout.ms", "30000"), ("security.protocol", "ssl")), ApnsUrgent);

        Assert.Equal((30_000, SecurityProtocol.Ssl), (config.SessionTimeoutMs, config.SecurityProtocol));
    }

    [Theory]
    [InlineData("enable.auto.commit")]
    [InlineData("ENABLE.AUTO.OFFSET.STORE")]
    [InlineData("auto.offset.reset")]
    [InlineData("group.id")]
    [InlineData("group.instance.id")]
    [InlineData("bootstrap.servers")]
    [InlineData("metadata.broker.list")]
    [InlineData("enable.idempotence")]
    [InlineData("acks")]
    [InlineData("transactional.id")]
    [InlineData("enable.partition.eof")]
    [InlineData("dotnet.consumer.consume.result.fields")]
    [InlineData("dotnet.producer.enable.delivery.reports")]
    [InlineData("dotnet.producer.delivery.report.fields")]
    [InlineData("dotnet.producer.enable.background.poll")]
    public void What_the_promise_rests_on_cannot_be_set(string property) =>
        Assert.Contains(Options((property, "x")).Validate(), problem => problem.Contains(property, StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void What_we_set_a_consumer_to_is_taken()
    {
        var options = Options();
        Assert.Null(ConsumerSettings.Problem(options));

        options.GroupProtocol = "consumer";
        Assert.Null(ConsumerSettings.Problem(options));
    }

    /// <summary>A pump would make such a consumer again and again, and never one that runs.</summary>
    [Theory]
    [InlineData("session.timeout.ms", "200000", "max.poll.interval.ms")] // above it
    [InlineData("message.max.bytes", "4000000", "fetch.max.bytes")] // more than the delay tiers' consumers fetch
    public void What_no_consumer_can_be_made_of_is_said_in_one_line(string property, string value, string said)
    {
        var problem = ConsumerSettings.Problem(Options((property, value)));

        Assert.Contains(said, problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem!);
    }

    private static KafkaOptions Options(params ReadOnlySpan<(string Name, string Value)> properties)
    {
        var options = new KafkaOptions { BootstrapServers = "localhost:9092" };
        foreach (var (name, value) in properties)
            options.Properties[name] = value;
        return options;
    }
}
