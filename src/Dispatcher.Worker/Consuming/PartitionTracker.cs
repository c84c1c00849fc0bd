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
    private long _restored;
    private int _started;
    private int _closed;
    private int _detached;

    /// <summary>Starts at the first offset that was consumed.</summary>
    /// <param name="first">That offset.</param>
    public PartitionTracker(long first) => First = Watermark = _next = _restored = first;

    /// <summary>Starts at the offset that the partition's former owner committed, and takes over what it had settled beyond.</summary>
    /// <param name="settled">That; the first offset that was consumed is its watermark.</param>
    public PartitionTracker(SettledBitmap settled)
        : this(settled.Watermark)
    {
        Epoch = settled.Epoch;
        StoredMetadata = settled.Encode();
        foreach (var offset in settled.Offsets)
        {
            Complete(offset);
            _restored = offset + 1;
        }
    }

    /// <summary>The first offset of this assignment.</summary>
    public long First { get; }

    /// <summary>The lowest offset that is not settled: what may be committed.</summary>
    public long Watermark { get; private set; }

    /// <summary>The watermark that was stored last.</summary>
    public long Stored { get; set; } = -1;

    /// <summary>The metadata that was stored with it.</summary>
    public byte[] StoredMetadata { get; set; } = [];

    /// <summary>The watermark that Kafka last said is committed.</summary>
    public long Committed { get; set; } = -1;

    /// <summary>Whether metadata was stored that only a commit of its own sends: librdkafka's sends greater offsets and nothing else.</summary>
    public bool IsCommitDue { get; set; }

    /// <summary>The leader epoch of the newest record; -1 when unknown.</summary>
    public int Epoch { get; private set; } = -1;

    /// <summary>Offsets between the watermark and the newest push.</summary>
    public long Span => _next - Watermark;

    /// <summary>The offset that follows the newest push.</summary>
    public long Next => _next;

    /// <summary>From when the records are that are not settled.</summary>
    public OffsetTimes Times { get; } = new();

    /// <summary>Whether the partition belongs to somebody else by now: what fails is not handed off, the new owner does that.</summary>
    public bool IsDetached => Volatile.Read(ref _detached) != 0;

    /// <summary>Whether the partition is being given up or is gone: nothing more is started.</summary>
    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>Pushes that a dispatch loop has begun and not finished.</summary>
    public int Started => Volatile.Read(ref _started);

    /// <summary>Takes an offset in; offsets that were skipped (compaction, transaction markers) count as settled.</summary>
    /// <param name="offset">At least <see cref="Next"/>; a lower one means a rewind, which needs a new tracker.</param>
    /// <param name="epoch">The leader epoch of its record; -1 when unknown.</param>
    /// <returns>Whether there was room in the window.</returns>
    public bool TryAdd(long offset, int epoch = -1)
    {
        if (offset < _next)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"The next offset is {_next}; a rewind needs a new tracker.");
        if (epoch > Epoch)
        {
            ForgetRestored(); // the former owner saw no record of this leader, so from here on it spoke of others, which are gone
            Epoch = epoch;
        }

        if (offset - Watermark >= Window)
        {
            Advance();
            if (Watermark == _next)
            {
                ForgetRestored();
                Watermark = _next = offset; // nothing is in flight, so a gap of any width can be crossed
            }

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

    /// <summary>Whether the former owner had settled an offset that was just added: its push is not to be sent again.</summary>
    /// <param name="offset">The offset that was added last.</param>
    public bool IsSettled(long offset) => (Volatile.Read(ref _settled[Word(offset)]) & Bit(offset)) != 0;

    /// <summary>What is settled from the watermark on, by this owner or a former one.</summary>
    public SettledBitmap SettledAhead()
    {
        Span<ulong> words = stackalloc ulong[Window / BitsPerWord];
        var (first, shift) = (Word(Watermark), (int)(Watermark % BitsPerWord));
        var count = (int)((Math.Max(_next, _restored) - Watermark + BitsPerWord - 1) / BitsPerWord);
        for (var i = 0; i < count; i++)
        {
            words[i] = Read(first + i) >> shift;
            if (shift > 0)
                words[i] |= Read(first + i + 1) << (BitsPerWord - shift);
        }

        return new SettledBitmap(Watermark, Epoch, words[..count]);

        ulong Read(int word) => (ulong)Volatile.Read(ref _settled[word % _settled.Length]);
    }

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

    /// <summary>Its slots would settle future pushes, or records that another leader put in their place.</summary>
    private void ForgetRestored()
    {
        for (var offset = _next; offset < _restored; offset++)
            Interlocked.And(ref _settled[Word(offset)], ~Bit(offset));
        _restored = Math.Min(_restored, _next);
    }

    private static int Word(long offset) => (int)(offset % Window) / BitsPerWord;

    private static long Bit(long offset) => 1L << (int)(offset % BitsPerWord);
}
