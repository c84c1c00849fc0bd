using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Worker.Consuming;

/// <summary>What a lane's consumers are set to: that of its own topic, and that of the delay tiers.</summary>
internal static class ConsumerSettings
{
    /// <summary>What a lane's consumer prefetches at most: one queue for all partitions.</summary>
    private const int LanePrefetchKbytes = 16 * 1024;

    /// <summary>The same for the delay tiers: four lanes share what one has, because what they read ahead they hold themselves.</summary>
    private const int DelayPrefetchKbytes = 4 * 1024;

    /// <summary>The same for what reads tails: it keeps nothing but keys.</summary>
    private const int TailPrefetchKbytes = 8 * 1024;

    /// <summary>The group of a lane: one per lane, so that a rebalance of one leaves the others alone.</summary>
    /// <param name="options">How to reach Kafka.</param>
    /// <param name="lane">The lane.</param>
    public static string Group(KafkaOptions options, Lane lane) => $"{options.GroupId}.{options.Topics.Pushes(lane)}";

    /// <summary>The configuration of a lane's consumer.</summary>
    /// <param name="options">How to reach Kafka.</param>
    /// <param name="lane">The lane.</param>
    public static ConsumerConfig ForLane(KafkaOptions options, Lane lane) => ForGroup(options, Group(options, lane), LanePrefetchKbytes);

    /// <summary>
    /// The configuration of a lane's consumer of the delay tiers: in a group of its own for each lane, so that one lane's pushes, and offsets,
    /// wait for no other lane.
    /// </summary>
    /// <param name="options">How to reach Kafka.</param>
    /// <param name="lane">The lane.</param>
    public static ConsumerConfig ForDelays(KafkaOptions options, Lane lane) =>
        ForGroup(options, $"{Group(options, lane)}.delay", DelayPrefetchKbytes);

    /// <summary>
    /// The configuration of what reads back in a lane's topic. It names the lane's group, because librdkafka wants one and an operator has allowed
    /// this one, but it neither joins nor commits.
    /// </summary>
    /// <param name="options">How to reach Kafka.</param>
    /// <param name="lane">The lane.</param>
    public static ConsumerConfig ForTails(KafkaOptions options, Lane lane)
    {
        var config = ForGroup(options, Group(options, lane), TailPrefetchKbytes);
        config.EnableAutoCommit = false;
        config.EnablePartitionEof = true; // what was deleted or compacted away does not come, and nothing else tells
        return config;
    }

    /// <summary>Makes one consumer of each kind and throws it away: what librdkafka refuses once, it refuses each time a pump asks.</summary>
    /// <param name="options">How to reach Kafka.</param>
    /// <returns>What it says, in one line; <see langword="null"/> when it takes the configuration.</returns>
    public static string? Problem(KafkaOptions options)
    {
        try
        {
            foreach (var config in (ConsumerConfig[])[ForLane(options, Lane.All[0]), ForDelays(options, Lane.All[0]), ForTails(options, Lane.All[0])])
            {
                new ConsumerBuilder<Ignore, Ignore>(config)
                    .SetLogHandler(static (_, _) => { })
                    .SetErrorHandler(static (_, _) => { })
                    .Build()
                    .Dispose();
            }

            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            return $"Kafka's configuration is wrong for a consumer (Kafka:Properties): {options.Redact(e.Message)}";
        }
    }

    private static ConsumerConfig ForGroup(KafkaOptions options, string group, int prefetchKbytes)
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
        config.QueuedMaxMessagesKbytes = prefetchKbytes;
        config.FetchMaxBytes = prefetchKbytes * 1024 / 2;
        config.MaxPartitionFetchBytes = 1024 * 1024;
        config.FetchWaitMaxMs = 100;
        config.Set("fetch.queue.backoff.ms", "20"); // default 1,000: one fetch per second once the small queue is full
        foreach (var (name, value) in options.AllProperties)
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
