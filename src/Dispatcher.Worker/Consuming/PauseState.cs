using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dispatcher.Worker.Consuming;

/// <summary>Why a partition is not fetched from.</summary>
[Flags]
internal enum PauseReasons
{
    None = 0,

    /// <summary>The oldest push in flight is a whole window behind the newest.</summary>
    Window = 1,

    /// <summary>What the topic's records go into has been full for longer than it is worth keeping the prefetch.</summary>
    Full = 2,

    /// <summary>The worker is shutting down.</summary>
    Drain = 4,

    /// <summary>A batch cannot be read (checksum, compression); going on would skip it.</summary>
    Unreadable = 8,

    /// <summary>What came before its first record with a mark is being read.</summary>
    Tail = 16,
}

/// <summary>
/// Which partitions are paused and why. What should be is derived anew each time, what is is remembered, and the difference is what the
/// pump does: no sequence of rebalances can strand a partition. librdkafka itself never forgets a pause.
/// </summary>
internal sealed class PauseState
{
    private readonly Dictionary<PartitionKey, PauseReasons> _reasons = [];
    private readonly HashSet<PartitionKey> _paused = [];
    private readonly List<PartitionKey> _pause = [];
    private readonly List<PartitionKey> _resume = [];
    private PauseReasons _all;

    /// <summary>The partitions that are assigned.</summary>
    public Dictionary<PartitionKey, PauseReasons>.KeyCollection Assigned => _reasons.Keys;

    /// <summary>The partitions that the pump has paused.</summary>
    public IReadOnlyCollection<PartitionKey> Paused => _paused;

    /// <summary>Every reason that applies to any partition.</summary>
    public PauseReasons Reasons
    {
        get
        {
            var all = _reasons.Count > 0 ? _all : PauseReasons.None;
            foreach (var reasons in _reasons.Values)
                all |= reasons;
            return all;
        }
    }

    /// <summary>A partition came.</summary>
    /// <param name="partition">The partition.</param>
    public void Assign(PartitionKey partition) => _reasons[partition] = PauseReasons.None;

    /// <summary>A partition went.</summary>
    /// <param name="partition">The partition.</param>
    /// <returns>Whether it was paused, and so has to be resumed before it is given up.</returns>
    public bool Unassign(PartitionKey partition)
    {
        _reasons.Remove(partition);
        return _paused.Remove(partition);
    }

    /// <summary>Sets or clears a reason of one partition; of one that is not assigned, nothing.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="applies">Whether it applies.</param>
    public void Set(PartitionKey partition, PauseReasons reason, bool applies)
    {
        ref var reasons = ref CollectionsMarshal.GetValueRefOrNullRef(_reasons, partition); // in place: somebody may be going through them
        if (!Unsafe.IsNullRef(ref reasons))
            reasons = applies ? reasons | reason : reasons & ~reason;
    }

    /// <summary>Whether the pump has paused a partition.</summary>
    /// <param name="partition">The partition.</param>
    public bool IsPaused(PartitionKey partition) => _paused.Contains(partition);

    /// <summary>Whether a reason applies to one partition.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="reason">The reason.</param>
    public bool Has(PartitionKey partition, PauseReasons reason) =>
        _reasons.TryGetValue(partition, out var reasons) && (reasons & reason) != 0;

    /// <summary>Sets or clears a reason of every partition, also of those to come.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="applies">Whether it applies.</param>
    public void SetAll(PauseReasons reason, bool applies) => _all = applies ? _all | reason : _all & ~reason;

    /// <summary>What the pump has to do; it counts as done.</summary>
    /// <returns>The partitions to pause and those to resume, until the next time.</returns>
    public (List<PartitionKey> Pause, List<PartitionKey> Resume) Reconcile()
    {
        _pause.Clear();
        _resume.Clear();
        foreach (var (partition, reasons) in _reasons)
        {
            if ((reasons | _all) != PauseReasons.None)
            {
                if (_paused.Add(partition))
                    _pause.Add(partition);
            }
            else if (_paused.Remove(partition))
            {
                _resume.Add(partition);
            }
        }

        return (_pause, _resume);
    }
}
