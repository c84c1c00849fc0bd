using Confluent.Kafka;

namespace Dispatcher.Cli.Lag;

/// <summary>How far a group is behind in one partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Start">The first offset that still exists.</param>
/// <param name="End">The first offset that does not exist yet.</param>
/// <param name="Committed">Where the group goes on; <see langword="null"/> when it has never committed, and then it starts at <paramref name="Start"/>.</param>
internal sealed record PartitionLag(TopicPartition Partition, long Start, long End, long? Committed)
{
    /// <summary>When Kafka took the record at <see cref="Committed"/>, the oldest that is not settled; where there is lag and Kafka said it.</summary>
    public DateTimeOffset? OldestAt { get; init; }

    /// <summary>The worker that has the partition, where Kafka says it.</summary>
    public string? Owner { get; init; }

    /// <summary>Where the group goes on reading.</summary>
    public long Next => Math.Max(Committed ?? Start, Start);

    /// <summary>Records that are not settled, or behind one that is not.</summary>
    public long Lag => Math.Max(0, End - Next);

    /// <summary>Records that retention deleted before they were settled.</summary>
    public long Lost => Math.Max(0, Start - (Committed ?? Start));
}
