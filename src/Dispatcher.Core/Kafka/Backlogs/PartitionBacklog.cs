namespace Dispatcher.Core.Kafka.Backlogs;

/// <summary>
/// The bytes of one partition that no worker has settled. Of what this process published it knows where each stands, to a sixty-fourth of
/// the bound; of what others did it knows how many, and takes them to be like its own.
/// </summary>
/// <param name="step">How many bytes are told apart.</param>
internal sealed class PartitionBacklog(long step)
{
    /// <summary>How long a record is taken to be while none of ours is known.</summary>
    private const int GuessedBytes = 1024;

    /// <summary>Where so many bytes and records of ours end, in the order of offsets; those that are settled go.</summary>
    private readonly Queue<Mark> _marks = [];

    private Mark _settled;
    private Mark _last;
    private long _bytes;
    private long _records;
    private long _othersBytes;

    /// <summary>What is unsettled, never less than that.</summary>
    public long Bytes => _bytes - _settled.Bytes + _othersBytes;

    /// <summary>A record of ours is in the partition.</summary>
    /// <param name="offset">Where.</param>
    /// <param name="bytes">What it takes.</param>
    public void Add(long offset, long bytes)
    {
        _bytes += bytes;
        _records++;
        if (offset >= _last.Offset && _bytes - _last.Bytes >= step)
            _marks.Enqueue(_last = new Mark(offset + 1, _bytes, _records));
    }

    /// <summary>Kafka has said how far the workers are.</summary>
    /// <param name="committed">The first offset that is not settled.</param>
    /// <param name="end">The first that does not exist.</param>
    public void Look(long committed, long end)
    {
        while (_marks.TryPeek(out var mark) && mark.Offset <= committed)
            _settled = _marks.Dequeue();
        var others = Math.Max(0, end - committed - (_records - _settled.Records));
        _othersBytes = others * (_records == 0 ? GuessedBytes : Math.Max(1, _bytes / _records));
    }

    private readonly record struct Mark(long Offset, long Bytes, long Records);
}
