namespace Dispatcher.Worker.Consuming;

/// <summary>Which partitions are fetched from.</summary>
internal sealed partial class RecordConsumer
{
    private void ApplyPauses()
    {
        foreach (var partition in _pauses.Assigned)
        {
            _pauses.Set(partition, PauseReasons.Full, IsFullForLong(partition.Topic));
            _pauses.Set(partition, PauseReasons.Tail, _repeats?.IsReading(partition) == true);
        }

        foreach (var (partition, tracker) in _trackers)
        {
            // Half a window of hysteresis, because every pause throws the prefetch away.
            if (_pauses.Has(partition, PauseReasons.Window) && tracker.Span <= PartitionTracker.Window / 2
                && !IsHeld(partition))
            {
                _pauses.Set(partition, PauseReasons.Window, applies: false);
            }
        }

        var (pause, resume) = _pauses.Reconcile();
        if (pause.Count > 0)
            _consumer.Pause(pause.Select(OfTopic));
        if (resume.Count > 0)
            _consumer.Resume(resume.Select(OfTopic));
    }

    private bool IsHeld(PartitionKey partition)
    {
        foreach (var record in _held)
        {
            if (record.Partition == partition)
                return true;
        }

        return false;
    }

    private bool IsFullForNow(long? since) => since is { } start && _time.GetElapsedTime(start) <= _sink.PauseAfter && _sink.PauseAfter > TimeSpan.Zero;

    private bool IsFullForLong(int topic) => _fullSince[topic] is { } since && _time.GetElapsedTime(since) >= _sink.PauseAfter;
}
