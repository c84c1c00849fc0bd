using Confluent.Kafka;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>What of a partition is read.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="From">The first offset.</param>
/// <param name="To">The first offset that is not read any more.</param>
internal readonly record struct ScanRange(TopicPartition Partition, long From, long To)
{
    /// <summary>Offsets, which may be more than there are records: compaction and transactions leave gaps.</summary>
    public long Length => To - From;
}
