using Confluent.Kafka;

namespace Dispatcher.Worker.Consuming;

/// <content>What happens when partitions come and go. Handlers run on the pump's thread, inside a poll or Close.</content>
internal sealed partial class RecordConsumer
{
    /// <summary>How often a drain looks whether the pushes in flight have ended.</summary>
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(10);

    private long? _drainingSince;

    /// <summary>How long a rebalance may wait for pushes in flight. Leaving the group is one, too, and must not begin the drain anew.</summary>
    private TimeSpan RevokeBudget
    {
        get
        {
            if (_drainingSince is not { } since)
                return _options.RevokeTimeout;
            var left = _options.DrainTimeout - _time.GetElapsedTime(since);
            return left < _options.RevokeTimeout ? left : _options.RevokeTimeout;
        }
    }

    /// <summary>A handler that throws makes Confluent.Kafka give up every partition and lose the record it had fetched: never let it.</summary>
    private void Guarded(Action handler)
    {
        try
        {
            handler();
        }
        catch (Exception e)
        {
            Log.HandlerFailed(_logger, _name, e);
            _handlerFault = e;
        }
    }

    private void OnError(Error error)
    {
        if (error.IsFatal)
            _fatal = error;
        else
            Log.ConsumeTrouble(_logger, _name, error.Code, error.Reason);
    }

    /// <summary>Only the next commit makes up for a refused one, and when the partition goes first, its new owner sends again what it covered.</summary>
    private void OnCommitted(CommittedOffsets committed)
    {
        var error = committed.Error;
        if (error.Code == ErrorCode.Local_NoOffset)
            return;
        if (_sparse?.Ended(committed, _trackers.Values) == true)
            Log.MetadataRefused(_logger, _name);
        if (!error.IsError)
        {
            NoteCommitted(committed);
            return;
        }

        Log.NotCommitted(_logger, _name, error.Code);
        _metrics.CommitFailed(_name, error.Code.ToString());
    }

    private void OnAssigned(List<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            if (KeyOf(partition) is { } key)
                _pauses.Assign(key);
        }

        _isAssigned = true;
        _metrics.Rebalanced(_name, "assigned");
        Log.Assigned(_logger, _name, Names(partitions));
        RememberCommitted(partitions);
    }

    /// <summary>Drain first, fence second: what finishes within the budget is stored and not sent twice.</summary>
    private void OnRevoked(List<TopicPartitionOffset> offsets)
    {
        _metrics.Rebalanced(_name, "revoked");
        var partitions = KeysOf(offsets);
        DropHeld(partitions);
        var trackers = partitions.Where(_trackers.ContainsKey).Select(partition => _trackers[partition]).ToList();
        foreach (var tracker in trackers)
            tracker.Close();
        _sink.DropClosed();
        var abandoned = WaitForStarted(trackers, RevokeBudget, static () => { });
        foreach (var partition in partitions)
        {
            if (_trackers.TryGetValue(partition, out var tracker))
                Store(partition, tracker);
        }

        CommitSparse(partitions, isLast: true);
        Log.Revoked(_logger, _name, Names(offsets.ConvertAll(offset => offset.TopicPartition)), abandoned);
        Forget(partitions);
    }

    private void OnLost(List<TopicPartitionOffset> offsets)
    {
        Log.Lost(_logger, _name, Names(offsets.ConvertAll(offset => offset.TopicPartition)));
        _metrics.Rebalanced(_name, "lost");
        Lose(KeysOf(offsets));
    }

    private void Lose(List<PartitionKey> partitions)
    {
        DropHeld(partitions);
        Forget(partitions);
    }

    private void DropHeld(List<PartitionKey> partitions)
    {
        _held.RemoveAll(record =>
        {
            var isDropped = partitions.Contains(record.Partition);
            if (isDropped)
                record.Value.Return();
            return isDropped;
        });
    }

    private void Forget(List<PartitionKey> partitions)
    {
        foreach (var partition in partitions)
        {
            if (_trackers.Remove(partition, out var tracker))
                tracker.Detach();
            _committed.Remove(partition);
            _behindSince.Remove(partition);
            _repeats?.Forget(partition);
            // librdkafka keeps the pause with the partition: given back later, it would never be fetched from again.
            if (_pauses.Unassign(partition))
                _consumer.Resume([OfTopic(partition)]);
        }

        _sink.DropClosed();
    }

    /// <summary>Shutdown: nothing more is started; polling goes on, so that the group sees a living member until the end.</summary>
    private void Drain()
    {
        _drainingSince = _time.GetTimestamp();
        _pauses.SetAll(PauseReasons.Drain, applies: true);
        ApplyPauses();
        DropHeld([.. _pauses.Assigned]);
        foreach (var tracker in _trackers.Values)
            tracker.Close();
        _sink.DropClosed();

        var abandoned = WaitForStarted([.. _trackers.Values], _options.DrainTimeout, () =>
        {
            if (TryConsume(TimeSpan.Zero, out var record))
                record.Value.Return(); // dropped untracked: it stays in Kafka
            StoreOffsets(force: false);
        });
        if (abandoned > 0)
            Log.DrainTimedOut(_logger, _name, abandoned);
        StoreOffsets(force: true);
    }

    private int WaitForStarted(List<PartitionTracker> trackers, TimeSpan deadline, Action whileWaiting)
    {
        var since = _time.GetTimestamp();
        int started;
        while ((started = trackers.Sum(tracker => tracker.Started)) > 0 && _time.GetElapsedTime(since) < deadline)
        {
            Thread.CurrentThread.Join(DrainPoll); // a plain wait, on the pump's own thread
            whileWaiting();
        }

        return started;
    }

    private List<PartitionKey> KeysOf(List<TopicPartitionOffset> offsets) =>
        [.. offsets.Select(offset => KeyOf(offset.TopicPartition)).OfType<PartitionKey>()];

    private static string Names(List<TopicPartition> partitions) =>
        string.Join(' ', partitions.GroupBy(p => p.Topic).Select(topic => $"{topic.Key}/{string.Join(',', topic.Select(p => p.Partition.Value))}"));
}
