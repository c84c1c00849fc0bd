using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>
/// A lane's records of the delay tiers wait in memory, in a heap, until they leave their tier; then they go into the lane's queue like
/// every other push. Bound: <see cref="MaxPerTier"/> records and <see cref="MaxBytesPerTier"/> bytes of each tier; when full, that tier's
/// partitions are paused, for this lane and no other. A tier's records leave it in the order in which they came, so what is in Kafka
/// behind them is due later; only in the shortest tier it may be due sooner, by that tier's wait at most.
/// </summary>
internal sealed class DelaySink : IRecordSink
{
    /// <summary>Records of one tier that are read ahead.</summary>
    public const int MaxPerTier = 5_000;

    /// <summary>Bytes of one tier that are read ahead.</summary>
    public const int MaxBytesPerTier = 4 * 1024 * 1024;

    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);

    private readonly PriorityQueue<ConsumedPush, long> _heap = new();
    private readonly int[] _counts;
    private readonly long[] _bytes;
    private readonly LaneDispatcher _lane;
    private readonly TimeProvider _time;
    private volatile int _count;

    /// <summary>Makes an empty heap.</summary>
    /// <param name="tiers">How many tiers there are: the consumer's topics.</param>
    /// <param name="lane">Where pushes go that leave their tier.</param>
    /// <param name="time">The clock.</param>
    public DelaySink(int tiers, LaneDispatcher lane, TimeProvider time)
    {
        _counts = new int[tiers];
        _bytes = new long[tiers];
        _lane = lane;
        _time = time;
    }

    /// <summary>Records that wait here; from any thread.</summary>
    public int Count => _count;

    /// <inheritdoc/>
    public TimeSpan PauseAfter => TimeSpan.Zero; // a tier that is full stays so for long, and must not stop the others

    /// <inheritdoc/>
    public bool HasRoom(int topic) => _counts[topic] < MaxPerTier && _bytes[topic] < MaxBytesPerTier;

    /// <inheritdoc/>
    public bool IsHalfEmpty(int topic) => _counts[topic] <= MaxPerTier / 2 && _bytes[topic] <= MaxBytesPerTier / 2;

    /// <inheritdoc/>
    public void Add(ConsumedPush push)
    {
        // A record without our headers is not a push that waits: it leaves at once, and the dispatcher keeps it as a dead letter.
        var leaves = push.Delay?.Leaves ?? DateTimeOffset.MinValue;
        _count++;
        _counts[push.Partition.Topic]++;
        _bytes[push.Partition.Topic] += push.Weight;
        _heap.Enqueue(push, leaves.UtcTicks);
    }

    /// <inheritdoc/>
    public TimeSpan Tick()
    {
        var now = _time.GetUtcNow().UtcTicks;
        var next = now + PollTime.Ticks;
        while (_heap.TryPeek(out var push, out var leaves))
        {
            if (leaves > now)
            {
                next = Math.Min(next, leaves);
                break;
            }

            if (!_lane.Queue.HasRoom)
                break;
            _heap.Dequeue();
            Forget(push);
            _lane.Add(push);
        }

        return TimeSpan.FromTicks(next - now);
    }

    /// <inheritdoc/>
    public void WaitForRoom(TimeSpan deadline)
    {
        // Nothing to wait for: a full tier is paused at once.
    }

    /// <inheritdoc/>
    public void DropClosed()
    {
        var open = new List<(ConsumedPush, long)>(_heap.Count);
        foreach (var (push, leaves) in _heap.UnorderedItems)
        {
            if (!push.IsClosed)
            {
                open.Add((push, leaves));
                continue;
            }

            Forget(push);
            push.Abandon();
        }

        _heap.Clear();
        _heap.EnqueueRange(open);
    }

    private void Forget(ConsumedPush push)
    {
        _count--;
        _counts[push.Partition.Topic]--;
        _bytes[push.Partition.Topic] -= push.Weight;
    }
}
