using Dispatcher.Core.Pushes;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>
/// Records of the delay tiers wait in memory, in a heap for each lane, until they leave their tier; then they go into their lane's queue
/// like every other push. Bound: <see cref="MaxPerTier"/> records and <see cref="MaxBytesPerTier"/> bytes of each tier; when full, that
/// tier's partitions are paused. A tier's records leave it in the order in which they came, so what is in Kafka behind them is due later;
/// only in the shortest tier it may be due sooner, by that tier's wait at most. A full lane keeps its own pushes here and nobody else's,
/// as long as they are fewer than the bound.
/// </summary>
internal sealed class DelaySink : IRecordSink
{
    /// <summary>Records of one tier that are read ahead.</summary>
    public const int MaxPerTier = 10_000;

    /// <summary>Bytes of one tier that are read ahead.</summary>
    public const int MaxBytesPerTier = 16 * 1024 * 1024;

    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<Lane, (PriorityQueue<ConsumedPush, long> Heap, LaneDispatcher Dispatcher)> _lanes;
    private readonly int[] _counts;
    private readonly long[] _bytes;
    private readonly TimeProvider _time;

    /// <summary>Makes the heaps.</summary>
    /// <param name="tiers">How many tiers there are: the consumer's topics.</param>
    /// <param name="lanes">The lanes.</param>
    /// <param name="time">The clock.</param>
    public DelaySink(int tiers, IReadOnlyDictionary<Lane, LaneDispatcher> lanes, TimeProvider time)
    {
        _counts = new int[tiers];
        _bytes = new long[tiers];
        _time = time;
        _lanes = lanes.ToDictionary(lane => lane.Key, lane => (new PriorityQueue<ConsumedPush, long>(), lane.Value));
    }

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
        var (lane, leaves) = push.Delay is { } delay
            ? (delay.Lane, Earlier(delay.NotBefore, delay.LeavesAt))
            : (Lane.All[0], DateTimeOffset.MinValue);
        _counts[push.Partition.Topic]++;
        _bytes[push.Partition.Topic] += push.Weight;
        _lanes[lane].Heap.Enqueue(push, leaves.UtcTicks);
    }

    /// <inheritdoc/>
    public TimeSpan Tick()
    {
        var now = _time.GetUtcNow().UtcTicks;
        var next = now + PollTime.Ticks;
        foreach (var (heap, lane) in _lanes.Values)
        {
            while (heap.TryPeek(out var push, out var leaves))
            {
                if (leaves > now)
                {
                    next = Math.Min(next, leaves);
                    break;
                }

                if (!lane.Queue.HasRoom)
                    break;
                heap.Dequeue();
                Forget(push);
                lane.Add(push);
            }
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
        foreach (var (heap, _) in _lanes.Values)
        {
            var open = new List<(ConsumedPush, long)>(heap.Count);
            foreach (var (push, leaves) in heap.UnorderedItems)
            {
                if (!push.IsClosed)
                {
                    open.Add((push, leaves));
                    continue;
                }

                Forget(push);
                push.Abandon();
            }

            heap.Clear();
            heap.EnqueueRange(open);
        }
    }

    private void Forget(ConsumedPush push)
    {
        _counts[push.Partition.Topic]--;
        _bytes[push.Partition.Topic] -= push.Weight;
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
