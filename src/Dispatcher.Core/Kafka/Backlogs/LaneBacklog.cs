namespace Dispatcher.Core.Kafka.Backlogs;

/// <summary>
/// What waits on one lane: how much there was when Kafka was last asked, and everything that was let in since, whether Kafka has it yet or
/// not. So a burst between two looks cannot get past the bound.
/// </summary>
internal sealed class LaneBacklog
{
    /// <summary>After so long without a look nothing is refused any more: a backlog that nobody knows is no reason.</summary>
    public static readonly TimeSpan Blind = TimeSpan.FromSeconds(30);

    /// <summary>What a record takes beside its value: key, headers and framing, in a batch of its own at worst.</summary>
    private const int Overhead = 150;

    /// <summary>
    /// The producer fills one partition for a few milliseconds, then another by chance. What is on its way is therefore spread unevenly: by
    /// no more than twice the mean and some such fills, or all of it is in one.
    /// </summary>
    private const long UnevenBytes = 2 * 1024 * 1024;

    private const int Steps = 64;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private long _maxPushes;
    private long _maxPartitionBytes;
    private PartitionBacklog[] _partitions = [];
    private long _lag;
    private long _let;
    private long _ended;
    private long _endedAtLook;
    private long _bytesOnTheirWay;
    private long _fullest;
    private long _lookedAt;

    /// <param name="options">The bounds.</param>
    /// <param name="share">What share of them this lane has.</param>
    /// <param name="time">The clock.</param>
    public LaneBacklog(BacklogOptions options, double share, TimeProvider time)
    {
        (_maxPushes, _maxPartitionBytes) = Bounds(options, share);
        _time = time;
        _lookedAt = time.GetTimestamp();
    }

    /// <summary>Takes other bounds. How far bytes are told apart follows from the bound, so that they are learnt anew, with the next look.</summary>
    /// <param name="options">The bounds.</param>
    /// <param name="share">What share of them this lane has.</param>
    public void Adopt(BacklogOptions options, double share)
    {
        lock (_lock)
        {
            var former = _maxPartitionBytes;
            (_maxPushes, _maxPartitionBytes) = Bounds(options, share);
            if (former != _maxPartitionBytes)
                _partitions = [];
        }
    }

    /// <summary>Pushes that are not settled, as far as is known.</summary>
    public long Pushes
    {
        get
        {
            lock (_lock)
                return _lag + _let - _endedAtLook;
        }
    }

    /// <summary>Bytes of them in the fullest partition, as far as is known.</summary>
    public long PartitionBytes
    {
        get
        {
            lock (_lock)
                return _fullest;
        }
    }

    /// <summary>Lets pushes in, unless too much waits; what was let in must <see cref="Leave"/>.</summary>
    /// <param name="pushes">How many.</param>
    /// <param name="bytes">Of their values.</param>
    public bool TryEnter(int pushes, long bytes)
    {
        bytes += (long)pushes * Overhead;
        lock (_lock)
        {
            var fits = _lag + _let - _endedAtLook + pushes <= _maxPushes
                && _fullest + InOnePartition(_bytesOnTheirWay + bytes) <= _maxPartitionBytes;
            if (!fits && _time.GetElapsedTime(_lookedAt) < Blind)
                return false;
            _let += pushes;
            _bytesOnTheirWay += bytes;
            return true;
        }
    }

    /// <summary>Takes back what was let in and not produced.</summary>
    /// <param name="pushes">How many.</param>
    /// <param name="bytes">Of their values.</param>
    public void TakeBack(int pushes, long bytes)
    {
        lock (_lock)
        {
            _let -= pushes;
            _bytesOnTheirWay -= bytes + ((long)pushes * Overhead);
        }
    }

    /// <summary>Notes what became of a push that was let in.</summary>
    /// <param name="bytes">Of its value.</param>
    /// <param name="answer">Kafka's answer.</param>
    public void Leave(long bytes, ProduceAnswer answer)
    {
        bytes += Overhead;
        lock (_lock)
        {
            _ended++;
            _bytesOnTheirWay -= bytes;
            if (answer.Outcome != ProduceOutcome.Acked || answer.Partition < 0 || _maxPartitionBytes == long.MaxValue)
                return;
            Grow_NeedsLock(answer.Partition + 1);
            var partition = _partitions[answer.Partition];
            partition.Add(answer.Offset, bytes);
            _fullest = Math.Max(_fullest, partition.Bytes);
        }
    }

    /// <summary>Begins to look: what has ended by now, Kafka will report.</summary>
    /// <returns>To be given to <see cref="EndLook"/>.</returns>
    public long BeginLook()
    {
        lock (_lock)
            return _ended;
    }

    /// <summary>Kafka has said how far the workers are and where the partitions end.</summary>
    /// <param name="begin">From <see cref="BeginLook"/>.</param>
    /// <param name="offsets">Of each partition, the first that is not settled and the first that does not exist; by its number.</param>
    public void EndLook(long begin, IReadOnlyList<(long Committed, long End)> offsets)
    {
        lock (_lock)
        {
            Grow_NeedsLock(offsets.Count);
            (_lag, _fullest) = (0, 0);
            foreach (var (number, (committed, end)) in offsets.Index())
            {
                _lag += Math.Max(0, end - committed);
                _partitions[number].Look(committed, end);
                _fullest = Math.Max(_fullest, _partitions[number].Bytes);
            }

            _endedAtLook = begin;
            _lookedAt = _time.GetTimestamp();
        }
    }

    private static (long Pushes, long PartitionBytes) Bounds(BacklogOptions options, double share) => (
        options.MaxPushes is { } pushes ? (long)(pushes * share) : long.MaxValue,
        options.MaxPartitionBytes is { } bytes ? (long)(bytes * share) : long.MaxValue);

    private long InOnePartition(long bytes) => Math.Min(bytes, (2 * bytes / Math.Max(1, _partitions.Length)) + UnevenBytes);

    private void Grow_NeedsLock(int count)
    {
        if (_partitions.Length < count)
            _partitions = [.. _partitions, .. Enumerable.Range(0, count - _partitions.Length).Select(_ => new PartitionBacklog(Math.Max(1, _maxPartitionBytes / Steps)))];
    }
}
