namespace Dispatcher.Worker.Consuming;

/// <summary>
/// From when the records of a partition are, to within <see cref="Resolution"/>: one mark for as many records in a row as are of about one
/// time, and none that lies before the watermark. Bound: <see cref="PartitionTracker.Window"/> marks, one for each record that may be open.
/// The pump's thread is the only caller.
/// </summary>
internal sealed class OffsetTimes
{
    /// <summary>How exact a time is, in milliseconds.</summary>
    public const int Resolution = 50;

    private readonly Queue<(long Offset, long Time)> _marks = new();
    private (long Offset, long Time) _first;
    private long _last;
    private bool _isMarked;

    /// <summary>How many marks are kept.</summary>
    public int Count => _marks.Count;

    /// <summary>Takes note of a record.</summary>
    /// <param name="offset">Its offset, above the last one's.</param>
    /// <param name="time">From when it is, in milliseconds since 1970.</param>
    /// <param name="watermark">The partition's watermark.</param>
    public void Add(long offset, long time, long watermark)
    {
        if (_isMarked && Math.Abs(time - _last) < Resolution)
            return;
        (_last, _isMarked) = (time, true);
        if (_marks.Count >= PartitionTracker.Window)
            Forget(watermark);
        _marks.Enqueue((offset, time));
    }

    /// <summary>From when a record is.</summary>
    /// <param name="watermark">Its offset: one that was added, and not below an earlier watermark.</param>
    /// <returns>Milliseconds since 1970.</returns>
    public long At(long watermark)
    {
        Forget(watermark);
        return _first.Time;
    }

    private void Forget(long watermark)
    {
        while (_marks.TryPeek(out var mark) && mark.Offset <= watermark)
            _first = _marks.Dequeue();
    }
}
