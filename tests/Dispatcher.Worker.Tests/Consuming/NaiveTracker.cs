using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>What <see cref="PartitionTracker"/> promises, written so that it cannot be wrong: a set of the offsets that are not settled.</summary>
internal sealed class NaiveTracker(long first)
{
    private readonly SortedSet<long> _open = [];

    public long Next { get; private set; } = first;

    public long Watermark => _open.Count > 0 ? _open.Min : Next;

    public int Open => _open.Count;

    public bool TryAdd(long offset)
    {
        if (_open.Count > 0 && offset - Watermark >= PartitionTracker.Window)
            return false;
        _open.Add(offset);
        Next = offset + 1;
        return true;
    }

    /// <summary>The open offset at a place between 0 (the oldest) and 1 (the newest).</summary>
    public long Pick(double place) => _open.ElementAt((int)(place * (_open.Count - 1)));

    public long[] OpenFrom(int skip) => [.. _open.Skip(skip)];

    public void Complete(long offset) => _open.Remove(offset);
}
