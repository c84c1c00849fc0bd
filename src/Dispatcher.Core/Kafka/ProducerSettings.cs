using Confluent.Kafka;

namespace Dispatcher.Core.Kafka;

/// <summary>What the two kinds of producer are set to, and why they differ: somebody waits for a request, nobody for a hand-off.</summary>
public static class ProducerSettings
{
    /// <summary>Records in the producer's own queue; above it, a produce is refused at once.</summary>
    public const int QueueRecords = 100_000;

    /// <summary>Bytes in the producer's own queue; above it, a produce is refused at once.</summary>
    public const int QueueBytes = 64 * 1024 * 1024;

    /// <summary>
    /// A hand-off is its original and some headers, and the original may be as long as Kafka takes by default (broker's message.max.bytes,
    /// 1,048,588). Our own bound must not be the one that refuses it, for it would be refused for ever.
    /// </summary>
    private const int MaxHandOffBytes = 2 * 1024 * 1024;

    /// <summary>For requests: short linger, and a deadline that a caller can wait for.</summary>
    /// <param name="options">How to reach Kafka.</param>
    public static ProducerConfig ForRequests(KafkaOptions options) =>
        Lossless(options, lingerMs: 2, messageTimeoutMs: 10_000); // batches come from concurrency; p50 is about linger + round trip

    /// <summary>For results, dead letters and other hand-offs of a worker: a longer deadline, because the source waits anyway.</summary>
    /// <param name="options">How to reach Kafka.</param>
    public static ProducerConfig ForHandOffs(KafkaOptions options)
    {
        var config = Lossless(options, lingerMs: 5, messageTimeoutMs: 120_000);
        config.MessageMaxBytes = Math.Max(config.MessageMaxBytes ?? 0, MaxHandOffBytes);
        return config;
    }

    private static ProducerConfig Lossless(KafkaOptions options, double lingerMs, int messageTimeoutMs)
    {
        var config = options.Client<ProducerConfig>();
        config.Acks = Acks.All;
        config.EnableIdempotence = true;
        config.MaxInFlight = 5; // the most that keeps order and idempotence
        config.LingerMs = lingerMs;
        config.MessageTimeoutMs = messageTimeoutMs;
        config.BatchSize = 256 * 1024;
        config.BatchNumMessages = 10_000;
        config.CompressionType = CompressionType.Lz4;
        config.QueueBufferingMaxMessages = QueueRecords;
        config.QueueBufferingMaxKbytes = QueueBytes / 1024;
        config.Partitioner = Partitioner.Murmur2Random; // what Java clients do with a key
        foreach (var (name, value) in options.AllProperties)
            config.Set(name, value); // the operator's word stands over ours
        return config;
    }
}
