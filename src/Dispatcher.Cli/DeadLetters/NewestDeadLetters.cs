using Confluent.Kafka;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>
/// Keeps the newest, or the oldest, of many dead letters, so that a listing of millions needs the memory of the few it shows. The others
/// are not even read, but for their time.
/// </summary>
/// <param name="limit">How many.</param>
/// <param name="oldest">The oldest instead.</param>
internal sealed class NewestDeadLetters(int limit, bool oldest = false)
{
    private readonly PriorityQueue<ListedDeadLetter, long> _kept = new();

    public bool IsOldest => oldest;

    /// <summary>How many were offered.</summary>
    public long Seen { get; private set; }

    public void Add(DeadLetterRecord record)
    {
        Seen++;
        var ticks = record.LastFailedAt.UtcTicks;
        var priority = oldest ? -ticks : ticks;
        if (_kept.Count < limit)
            _kept.Enqueue(ListedDeadLetter.Of(record), priority);
        else if (_kept.TryPeek(out _, out var least) && priority > least)
            _kept.DequeueEnqueue(ListedDeadLetter.Of(record), priority);
    }

    /// <summary>Those that were kept, oldest first, as a log reads.</summary>
    public IReadOnlyList<ListedDeadLetter> InOrder() =>
        [.. _kept.UnorderedItems.Select(item => item.Element).OrderBy(listed => listed.Letter.LastFailedAt)];
}

/// <summary>A dead letter without its content, and where it lies.</summary>
/// <param name="Position">The dead-letter topic, partition and offset.</param>
/// <param name="Letter">What happened; neither key, value nor the producer's headers.</param>
/// <param name="Replays">How often it was replayed before.</param>
internal readonly record struct ListedDeadLetter(TopicPartitionOffset Position, DeadLetter Letter, int Replays)
{
    public static ListedDeadLetter Of(DeadLetterRecord record) =>
        new(record.Position, record.Letter with { Key = null, Value = null, Headers = null }, record.ReplayCount);
}
