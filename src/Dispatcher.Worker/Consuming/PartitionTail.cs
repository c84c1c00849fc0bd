using Confluent.Kafka;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Worker.Consuming;

/// <summary>
/// What lies before the first record with a mark that an assignment brought: read once, into the window of that partition. Until it
/// <see cref="IsRead"/> the window is the reader's, from then on the pump's.
/// </summary>
/// <param name="partition">The partition.</param>
/// <param name="from">The first offset to read; what of it is gone, is not missed.</param>
/// <param name="end">The offset of the record that asks, which is there.</param>
/// <param name="window">The window.</param>
internal sealed class PartitionTail(TopicPartition partition, long from, long end, RepeatWindow window)
{
    private int _isRead;

    /// <summary>The partition.</summary>
    public TopicPartition Partition { get; } = partition;

    /// <summary>The first offset to read.</summary>
    public long From { get; } = from;

    /// <summary>The window.</summary>
    public RepeatWindow Window { get; } = window;

    /// <summary>Whether the window is complete, or will not become so.</summary>
    public bool IsRead => Volatile.Read(ref _isRead) != 0;

    /// <summary>Takes in what was read.</summary>
    /// <param name="record">A record of the partition, or the notice that there are no more.</param>
    /// <returns>Whether more has to come.</returns>
    public bool Take(ConsumeResult<byte[]?, Ignore> record)
    {
        if (record.IsPartitionEOF || record.Offset.Value >= end)
            return false;
        if (RepeatMark.TryRead(record.Message.Key, record.Message.Headers, out var mark))
            Window.See(mark, record.Offset.Value, record.Message.Timestamp.UnixTimestampMs);
        return record.Offset.Value < end - 1;
    }

    /// <summary>Hands the window over.</summary>
    public void End() => Volatile.Write(ref _isRead, 1);
}
