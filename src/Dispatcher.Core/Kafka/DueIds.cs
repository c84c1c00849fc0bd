using System.Diagnostics.CodeAnalysis;

namespace Dispatcher.Core.Kafka;

/// <summary>
/// What is known about ids until some time after they are due. Bounded by their number: when full, the id that is due first goes, so that
/// everybody who reads the same records keeps the same ids, in whatever order they come. Not safe for several threads.
/// </summary>
/// <typeparam name="TId">The kind of id.</typeparam>
/// <typeparam name="T">What is known.</typeparam>
/// <param name="capacity">Ids that are kept at most.</param>
public sealed class DueIds<TId, T>(int capacity)
    where TId : notnull
{
    private readonly Dictionary<TId, T> _known = [];

    /// <summary>The ids by the minute in which they are due: a queue that orders each by itself would take twice the memory.</summary>
    private readonly SortedDictionary<long, List<TId>> _minutes = [];

    /// <summary>Ids that are kept.</summary>
    public int Count => _known.Count;

    /// <summary>Ids that had to go since the start because there were too many.</summary>
    public long Evicted { get; private set; }

    /// <summary>What is known about an id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="value">What is known.</param>
    public bool TryGet(TId id, [MaybeNullWhen(false)] out T value) => _known.TryGetValue(id, out value);

    /// <summary>Adds an id, or what is known about it now.</summary>
    /// <param name="id">The id.</param>
    /// <param name="due">When it is due; what was said first counts.</param>
    /// <param name="value">What is known.</param>
    public void Set(TId id, DateTimeOffset due, T value)
    {
        if (_known.ContainsKey(id))
        {
            _known[id] = value;
            return;
        }

        var minute = MinuteOf(due);
        if (_known.Count >= capacity)
        {
            Evicted++;
            if (minute <= _minutes.First().Key)
                return; // it would be the first to go
            EvictOne();
        }

        _known.Add(id, value);
        if (!_minutes.TryGetValue(minute, out var ids))
            _minutes.Add(minute, ids = []);
        ids.Add(id);
    }

    /// <summary>Forgets what was due long ago.</summary>
    /// <param name="instant">What was due in a minute before this one's.</param>
    public void ForgetDueBefore(DateTimeOffset instant)
    {
        var minute = MinuteOf(instant);
        while (_minutes.Count > 0 && _minutes.First() is var (earliest, ids) && earliest < minute)
        {
            foreach (var id in ids)
                _known.Remove(id);
            _minutes.Remove(earliest);
        }
    }

    private void EvictOne()
    {
        var (minute, ids) = _minutes.First();
        _known.Remove(ids[^1]);
        ids.RemoveAt(ids.Count - 1);
        if (ids.Count == 0)
            _minutes.Remove(minute);
    }

    private static long MinuteOf(DateTimeOffset instant) => instant.UtcTicks / TimeSpan.TicksPerMinute;
}
