using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Worker.Consuming;

/// <summary>What a lane's consumer is set to.</summary>
internal static class ConsumerSettings
{
    /// <summary>The group of a lane: one per lane, so that a rebalance of one leaves the others alone.</summary>
    /// <param name="options">How to reach Kafka.</param>
    /// <param name="lane">The lane.</param>
    public static string Group(KafkaOptions options, Lane lane) => $"{options.GroupId}.{options.Topics.Pushes(lane)}";

    /// <summary>The configuration of a lane's consumer.</summary>
    /// <param name="options">How to reach Kafka.</param>
    /// <param name="lane">The lane.</param>
    public static ConsumerConfig ForLane(KafkaOptions options, Lane lane) => ForGroup(options, Group(options, lane));

    /// <summary>The configuration of the delay tiers' consumer.</summary>
    /// <param name="options">How to reach Kafka.</param>
    public static ConsumerConfig ForDelays(KafkaOptions options) => ForGroup(options, $"{options.GroupId}.{options.TopicPrefix}.delay");

    private static ConsumerConfig ForGroup(KafkaOptions options, string group)
    {
        var config = options.Client<ConsumerConfig>();
        config.GroupId = group;
        config.AutoOffsetReset = AutoOffsetReset.Earliest; // a new group starts with what waits, never past it
        config.EnableAutoCommit = true;
        config.EnableAutoOffsetStore = false; // only settled offsets are stored, by the pump
        config.AutoCommitIntervalMs = 500;
        config.MaxPollIntervalMs = 120_000; // also how long a rebalance waits for a member
        config.EnablePartitionEof = false;
        config.CheckCrcs = false; // TCP and the broker have checked
        config.QueuedMinMessages = 5_000;
        config.QueuedMaxMessagesKbytes = 16 * 1024; // one queue for all partitions: the prefetch's share of memory
        config.FetchMaxBytes = 8 * 1024 * 1024;
        config.MaxPartitionFetchBytes = 1024 * 1024;
        config.FetchWaitMaxMs = 100;
        config.ConsumeResultFields = "headers,timestamp,topic";
        config.Set("fetch.queue.backoff.ms", "20"); // default 1,000: one fetch per second once the small queue is full
        foreach (var (name, value) in options.Properties)
            config.Set(name, value); // the operator has the last word on everything that is not reserved
        SetProtocol(config, options);
        return config;
    }

    private static void SetProtocol(ConsumerConfig config, KafkaOptions options)
    {
        if (options.GroupProtocol == "consumer")
        {
            // KIP-848: assignment, session and heartbeat are the broker's; a client that names them is refused at creation.
            config.GroupProtocol = GroupProtocol.Consumer;
            config.PartitionAssignmentStrategy = null; // removes it, which Set(name, null) does not
            config.SessionTimeoutMs = null;
            config.HeartbeatIntervalMs = null;
            return;
        }

        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        config.SessionTimeoutMs ??= 12_000; // the default of 45 s is 45 s of silence after a kill -9
        config.HeartbeatIntervalMs ??= 3_000;
    }
}
