using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>Keeps the newest of many dead letters, so that a listing of millions needs the memory of the few it shows.</summary>
/// <param name="limit">How many.</param>
internal sealed class NewestDeadLetters(int limit)
{
    private readonly PriorityQueue<DeadLetter, DateTimeOffset> _newest = new();

    /// <summary>How many were offered.</summary>
    public long Seen { get; private set; }

    public void Add(DeadLetter letter)
    {
        Seen++;
        _newest.Enqueue(letter, letter.LastFailedAt);
        if (_newest.Count > limit)
            _newest.Dequeue();
    }

    /// <summary>The newest, oldest first, as a log reads.</summary>
    public IReadOnlyList<DeadLetter> InOrder() =>
        [.. _newest.UnorderedItems.OrderBy(item => item.Priority).Select(item => item.Element)];
}
