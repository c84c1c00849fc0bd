using Confluent.Kafka;

namespace Dispatcher.Worker.Consuming;

/// <content>What others may know of a consumer: worked out here, on the pump's thread, from what is at hand, and without waiting for Kafka.</content>
internal sealed partial class RecordConsumer
{
    /// <summary>Since when a partition has had records that are not fetched, and none that is open here.</summary>
    private readonly Dictionary<PartitionKey, DateTimeOffset> _behindSince = [];

    private volatile PumpState _state = PumpState.None;
    private long? _uncommittedSince;

    /// <summary>How it stood when offsets were last stored.</summary>
    public PumpState State => _state;

    private void PublishState()
    {
        _pausedEnds?.Look(_pauses.Paused.Select(OfTopic));
        var now = _time.GetUtcNow();
        var (partitions, lag, span, oldest, hasUncommitted) = (0, 0L, 0L, DateTimeOffset.MaxValue, false);
        foreach (var partition in _pauses.Assigned)
        {
            partitions++;
            var standing = StandingOf(partition, now);
            lag += standing.Lag;
            oldest = standing.OldestAt < oldest ? standing.OldestAt.Value : oldest;
        }

        foreach (var tracker in _trackers.Values)
        {
            span = Math.Max(span, tracker.Span);
            hasUncommitted |= tracker.Watermark > Math.Max(tracker.Committed, tracker.First);
        }

        _uncommittedSince = hasUncommitted ? _uncommittedSince ?? _time.GetTimestamp() : null;
        _state = new PumpState
        {
            Partitions = partitions,
            Lag = lag,
            Span = span,
            OldestAt = oldest < DateTimeOffset.MaxValue ? oldest : null,
            Paused = _pauses.Reasons,
            UncommittedSince = _uncommittedSince,
        };
    }

    private (long Lag, DateTimeOffset? OldestAt) StandingOf(PartitionKey partition, DateTimeOffset now)
    {
        var tracker = _trackers.GetValueOrDefault(partition);
        var (start, end) = Ends(partition);
        var isPaused = _pauses.IsPaused(partition);
        if (tracker is null && _committed.TryGetValue(partition, out var committed))
            start = committed.Offset; // nothing was fetched yet
        var (watermark, next) = (tracker?.Watermark ?? start, tracker?.Next ?? start);
        if (end - next <= MarkerGap && !isPaused)
            end = next; // a transaction's marker, which nobody ever fetches; a record would be here in a moment

        var lag = watermark >= 0 ? Math.Max(0, Math.Max(end, next) - watermark) : 0;
        if (tracker is { Span: > 0 })
        {
            _behindSince.Remove(partition);
            return (lag, Instant(tracker.Times.At(watermark)));
        }

        // What is not fetched has no time yet: it is older than this moment, and than the moment at which it was first missed.
        if (lag == 0 || _settings.DelaysOf is not null)
        {
            _behindSince.Remove(partition);
            return (lag, null);
        }

        foreach (var held in _held)
        {
            if (held.Partition == partition)
                return (lag, Instant(TimeOf(held)));
        }

        if (!_behindSince.TryGetValue(partition, out var since))
            _behindSince[partition] = since = now;
        return (lag, since);
    }

    /// <summary>The ends of a partition as its last fetch told, or, while it is paused, what was learnt since; -1 for what is not known.</summary>
    private (long Start, long End) Ends(PartitionKey partition)
    {
        try
        {
            var topicPartition = OfTopic(partition);
            var ends = _consumer.GetWatermarkOffsets(topicPartition);
            var learnt = _pauses.IsPaused(partition) ? _pausedEnds?.Of(topicPartition) ?? -1 : -1;
            return (Math.Max(-1, ends.Low.Value), Math.Max(learnt, ends.High.Value));
        }
        catch (KafkaException)
        {
            return (-1, -1); // unknown, as before the first fetch
        }
    }

    /// <summary>From when a record is: what waits in a tier is not old before it leaves it.</summary>
    private long TimeOf(in ConsumedRecord record, DateTimeOffset? leavesAt = null)
    {
        if (leavesAt is { } leaves)
            return leaves.ToUnixTimeMilliseconds();
        var time = record.Timestamp; // 0 or less: whoever produced it did not say
        return time > 0 ? time : _time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    /// <summary>A producer may stamp a record with any number.</summary>
    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, 0, ConsumedPush.LatestTimestamp));

    /// <summary>A commit went through: what it covers is not uncommitted any more, and the clock starts anew for the rest.</summary>
    private void NoteCommitted(CommittedOffsets committed)
    {
        foreach (var offset in committed.Offsets)
        {
            if (!offset.Error.IsError && KeyOf(offset.TopicPartition) is { } partition && _trackers.TryGetValue(partition, out var tracker))
                tracker.Committed = Math.Max(tracker.Committed, offset.Offset.Value); // that of a partition with nothing to commit is invalid, and no error
        }

        _uncommittedSince = null;
    }
}
