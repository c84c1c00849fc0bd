using System.Numerics;

namespace Dispatcher.Worker.Consuming;

/// <summary>
/// Which offsets of one partition are settled, during one assignment: a ring of bits over the window that starts at the watermark.
/// The instance is the assignment's epoch: a push keeps the tracker it came with, so whatever finishes after the partition was given
/// up reaches an instance that nobody reads any more. <see cref="TryAdd"/> and <see cref="Advance"/> belong to the pump;
/// <see cref="Complete"/> may be called from anywhere, once per offset.
/// </summary>
internal sealed class PartitionTracker
{
    /// <summary>Offsets between the watermark and the newest push: 2 KiB of bits, about two seconds at full speed.</summary>
    public const int Window = 16384;

    private const int BitsPerWord = 64;
    private readonly long[] _settled = new long[Window / BitsPerWord];
    private long _next;
    private int _started;
    private int _closed;
    private int _detached;

    /// <summary>Starts at the first offset that was consumed.</summary>
    /// <param name="first">That offset.</param>
    public PartitionTracker(long first) => First = Watermark = _next = first;

    /// <summary>The first offset of this assignment.</summary>
    public long First { get; }

    /// <summary>The lowest offset that is not settled: what may be committed.</summary>
    public long Watermark { get; private set; }

    /// <summary>The watermark that was stored last.</summary>
    public long Stored { get; set; } = -1;

    /// <summary>Offsets between the watermark and the newest push.</summary>
    public long Span => _next - Watermark;

    /// <summary>The offset that follows the newest push.</summary>
    public long Next => _next;

    /// <summary>Whether the partition belongs to somebody else by now: what fails is not handed off, the new owner does that.</summary>
    public bool IsDetached => Volatile.Read(ref _detached) != 0;

    /// <summary>Whether the partition is being given up or is gone: nothing more is started.</summary>
    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>Pushes that a dispatch loop has begun and not finished.</summary>
    public int Started => Volatile.Read(ref _started);

    /// <summary>Takes an offset in; offsets that were skipped (compaction, transaction markers) count as settled.</summary>
    /// <param name="offset">At least <see cref="Next"/>; a lower one means a rewind, which needs a new tracker.</param>
    /// <returns>Whether there was room in the window.</returns>
    public bool TryAdd(long offset)
    {
        if (offset < _next)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"The next offset is {_next}; a rewind needs a new tracker.");
        if (offset - Watermark >= Window)
        {
            Advance();
            if (Watermark == _next)
                Watermark = _next = offset; // nothing is in flight, so a gap of any width can be crossed
            if (offset - Watermark >= Window)
                return false;
        }

        for (var skipped = _next; skipped < offset; skipped++)
            Complete(skipped);
        _next = offset + 1;
        return true;
    }

    /// <summary>Marks an offset as settled.</summary>
    /// <param name="offset">An offset that was added, marked for the first time: a second mark could settle a future push.</param>
    public void Complete(long offset) => Interlocked.Or(ref _settled[Word(offset)], Bit(offset));

    /// <summary>Moves the watermark past everything that is settled.</summary>
    /// <returns>The watermark.</returns>
    public long Advance()
    {
        while (Watermark < _next)
        {
            ref var word = ref _settled[Word(Watermark)];
            var first = (int)(Watermark % BitsPerWord);
            var settled = BitOperations.TrailingZeroCount(~((ulong)Volatile.Read(ref word) >> first));
            var count = (int)Math.Min(Math.Min(settled, BitsPerWord - first), _next - Watermark);
            if (count == 0)
                break;

            var mask = count == BitsPerWord ? ulong.MaxValue : ((1UL << count) - 1) << first;
            Interlocked.And(ref word, (long)~mask); // the slots serve the offsets one window further on
            Watermark += count;
        }

        return Watermark;
    }

    /// <summary>Begins a push, unless the partition is being given up.</summary>
    public bool TryStart()
    {
        Interlocked.Increment(ref _started);
        if (!IsClosed)
            return true;
        Interlocked.Decrement(ref _started);
        return false;
    }

    /// <summary>Ends a push that <see cref="TryStart"/> began.</summary>
    public void Finish() => Interlocked.Decrement(ref _started);

    /// <summary>The partition is being given up: nothing more is started, what has started may finish.</summary>
    public void Close() => Interlocked.Exchange(ref _closed, 1);

    /// <summary>The partition is gone.</summary>
    public void Detach()
    {
        Close();
        Interlocked.Exchange(ref _detached, 1);
    }

    private static int Word(long offset) => (int)(offset % Window) / BitsPerWord;

    private static long Bit(long offset) => 1L << (int)(offset % BitsPerWord);
}
