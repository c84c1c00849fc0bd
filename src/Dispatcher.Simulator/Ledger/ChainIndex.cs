using System.Numerics;

namespace Dispatcher.Simulator.Ledger;

/// <summary>
/// A hash index over a ring: each bucket remembers the newest sequence, each ring slot the next older one of its bucket. Sequences
/// only fall along a chain, so it ends at the first that the ring has overwritten, and dropping an entry costs nothing here.
/// </summary>
internal sealed class ChainIndex
{
    public const long End = -1;

    private readonly long[] _heads;

    public ChainIndex(int capacity)
    {
        _heads = new long[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        Clear();
    }

    public long Head(int hash) => _heads[hash & (_heads.Length - 1)];

    /// <summary>Makes the sequence its bucket's newest and returns the one before it.</summary>
    public long Push(int hash, long sequence)
    {
        ref var head = ref _heads[hash & (_heads.Length - 1)];
        var older = head;
        head = sequence;
        return older;
    }

    public void Clear() => Array.Fill(_heads, End);
}
