using Confluent.Kafka;

namespace Dispatcher.Worker.Consuming;

/// <content>What happens when partitions come and go. Handlers run on the pump's thread, inside Consume or Close.</content>
internal sealed partial class LaneConsumer
{
    /// <summary>How often a drain looks whether the pushes in flight have ended.</summary>
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(10);

    /// <summary>A handler that throws makes Confluent.Kafka give up every partition and lose the record it had fetched: never let it.</summary>
    private void Guarded(Action handler)
    {
        try
        {
            handler();
        }
        catch (Exception e)
        {
            Log.HandlerFailed(_logger, _lane, e);
            _handlerFault = e;
        }
    }

    private void OnError(Error error)
    {
        if (error.IsFatal)
            _fatal = error;
        else
            Log.ConsumeTrouble(_logger, _lane, error.Code, error.Reason);
    }

    private void OnAssigned(List<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
            _pauses.Assign(partition.Partition.Value);
        IsAssigned = true;
        Log.Assigned(_logger, _lane, string.Join(',', partitions.Select(p => p.Partition.Value)));
    }

    /// <summary>Drain first, fence second: what finishes within the budget is stored and not sent twice.</summary>
    private void OnRevoked(List<TopicPartitionOffset> offsets)
    {
        var partitions = offsets.ConvertAll(offset => offset.Partition.Value);
        DropHeld(partitions);
        var trackers = partitions.Where(_trackers.ContainsKey).Select(partition => _trackers[partition]).ToList();
        foreach (var tracker in trackers)
            tracker.Close();
        var abandoned = WaitForStarted(trackers, _options.RevokeTimeout, static () => { });
        foreach (var partition in partitions)
        {
            if (_trackers.TryGetValue(partition, out var tracker))
                Store(partition, tracker);
        }

        Log.Revoked(_logger, _lane, string.Join(',', partitions), abandoned);
        Forget(partitions);
    }

    private void OnLost(List<TopicPartitionOffset> offsets)
    {
        var partitions = offsets.ConvertAll(offset => offset.Partition.Value);
        Log.Lost(_logger, _lane, string.Join(',', partitions));
        Lose(partitions);
    }

    private void Lose(List<int> partitions)
    {
        DropHeld(partitions);
        Forget(partitions);
    }

    private void DropHeld(List<int> partitions)
    {
        foreach (var record in _held.Where(record => partitions.Contains(record.Partition.Value)))
            record.Message.Value.Return();
        _held.RemoveAll(record => partitions.Contains(record.Partition.Value));
    }

    private void Forget(List<int> partitions)
    {
        foreach (var partition in partitions)
        {
            if (_trackers.Remove(partition, out var tracker))
                tracker.Detach();
            // librdkafka keeps the pause with the partition: given back later, it would never be fetched from again.
            if (_pauses.Unassign(partition))
                _consumer.Resume([OfTopic(partition)]);
        }
    }

    /// <summary>Shutdown: nothing more is started; polling goes on, so that the group sees a living member until the end.</summary>
    private void Drain()
    {
        _pauses.SetAll(PauseReasons.Drain, applies: true);
        ApplyPauses();
        DropHeld([.. _pauses.Assigned]);
        foreach (var tracker in _trackers.Values)
            tracker.Close();

        var abandoned = WaitForStarted([.. _trackers.Values], _options.DrainTimeout, () =>
        {
            Consume(TimeSpan.Zero)?.Message.Value.Return(); // dropped untracked: it stays in Kafka
            StoreOffsets(force: false);
        });
        if (abandoned > 0)
            Log.DrainTimedOut(_logger, _lane, abandoned);
        StoreOffsets(force: true);
    }

    private int WaitForStarted(List<PartitionTracker> trackers, TimeSpan deadline, Action whileWaiting)
    {
        var since = _time.GetTimestamp();
        int started;
        while ((started = trackers.Sum(tracker => tracker.Started)) > 0 && _time.GetElapsedTime(since) < deadline)
        {
            _queue.WaitUntilTaken(DrainPoll);
            whileWaiting();
        }

        return started;
    }
}
