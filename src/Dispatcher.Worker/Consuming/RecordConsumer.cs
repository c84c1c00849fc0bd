using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Worker.Consuming;

/// <summary>
/// One consumer's life, from subscribing to closing, on the pump's thread; nothing else touches the <c>IConsumer</c>. A record that was
/// consumed is in exactly one place: held here, or tracked and in the sink, or dropped together with its partition.
/// </summary>
internal sealed partial class RecordConsumer
{
    private static readonly TimeSpan FullPollTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RoomWait = TimeSpan.FromMilliseconds(20);

    /// <summary>Records taken from the prefetch between two looks at offsets and pauses.</summary>
    private const int RecordsPerRound = 256;

    /// <summary>With KIP-848 nobody is called for a share of nothing: who has not been called after this time has just that.</summary>
    private static readonly TimeSpan JoinTime = TimeSpan.FromSeconds(5);

    /// <summary>A gap up to this wide is a transaction's marker; retention deletes whole segments.</summary>
    private const int MarkerGap = 2;

    private readonly PumpSettings _settings;
    private readonly IRecordSink _sink;
    private readonly WorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly KafkaMetrics _metrics;
    private readonly ILogger _logger;
    private readonly string _name;
    private readonly IConsumer<Ignore, Ignore> _consumer;
    private readonly RecordSource _source;
    private readonly Dictionary<PartitionKey, PartitionTracker> _trackers = [];
    private readonly PauseState _pauses = new();
    private readonly long?[] _fullSince;
    private readonly SparseCommits? _sparse;
    private readonly RepeatGuard? _repeats;
    private readonly PausedEnds? _pausedEnds;

    // Bound: what one round consumed before it saw that there was no room, and one record of each partition that comes while all are paused.
    private readonly List<ConsumedRecord> _held = [];

    private readonly long _startedAt;
    private bool _isAssigned;
    private long _lastStore;
    private Error? _fatal;
    private Exception? _handlerFault;

    public RecordConsumer(
        PumpSettings settings, IRecordSink sink, WorkerOptions options, TimeProvider time, KafkaMetrics metrics, ILogger logger)
    {
        _settings = settings;
        _name = settings.Name;
        _sink = sink;
        _options = options;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _fullSince = new long?[settings.Topics.Count];
        _startedAt = _lastStore = time.GetTimestamp();
        _consumer = new ConsumerBuilder<Ignore, Ignore>(settings.Config)
            .SetPartitionsAssignedHandler((_, partitions) => Guarded(() => OnAssigned(partitions)))
            .SetPartitionsRevokedHandler((_, offsets) => Guarded(() => OnRevoked(offsets)))
            .SetPartitionsLostHandler((_, offsets) => Guarded(() => OnLost(offsets)))
            .SetOffsetsCommittedHandler((_, committed) => OnCommitted(committed))
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler((_, message) => Log.Librdkafka(_logger, message.Facility, message.Message))
            .Build();
        _source = new RecordSource(_consumer, settings.Topics);
        if (options.SparseCommits)
            _sparse = new SparseCommits(_consumer.Handle, TimeSpan.FromMilliseconds(settings.Config.AutoCommitIntervalMs ?? 5_000), time);
        if (settings.Tails is { } tails && options.RepeatKeys > 0)
            _repeats = new RepeatGuard(_name, tails, options, time, metrics, logger);
        if (settings.Ends is { } ends)
            _pausedEnds = new PausedEnds(_name, ends, time, metrics);
    }

    /// <summary>Whether the group has given this consumer its share, which may be nothing.</summary>
    public bool IsAssigned => _isAssigned || (_settings.Config.GroupProtocol == GroupProtocol.Consumer && _time.GetElapsedTime(_startedAt) > JoinTime);

    /// <summary>Consumes until stopped, then drains and leaves the group.</summary>
    /// <param name="onRound">Called once per round, for liveness.</param>
    /// <param name="stopping">Take nothing new, finish what has started.</param>
    public void Run(Action<RecordConsumer> onRound, CancellationToken stopping)
    {
        try
        {
            _consumer.Subscribe(_settings.Topics);
            while (!stopping.IsCancellationRequested)
            {
                Round();
                onRound(this);
            }

            Drain();
        }
        finally
        {
            Leave();
        }
    }

    private void Leave()
    {
        try
        {
            _consumer.Close(); // runs the revoke handler, commits what is stored, leaves the group
        }
        finally
        {
            _consumer.Dispose();
            _repeats?.Stop();
            foreach (var tracker in _trackers.Values)
                tracker.Detach();
            _sink.DropClosed();
            foreach (var record in _held)
                record.Value.Return();
        }
    }

    private void Round()
    {
        if (_fatal is { } fatal)
            throw new KafkaException(fatal);
        if (_handlerFault is { } fault)
            throw new InvalidOperationException("A rebalance handler failed.", fault);

        var pollTime = _sink.Tick();
        StoreOffsets(force: false);
        PlaceHeld();
        ApplyPauses();
        if (_held.Count > 0 && Array.Exists(_fullSince, IsFullForNow))
            _sink.WaitForRoom(RoomWait); // short saturation: not consuming keeps the prefetch
        else
            Poll(_held.Count > 0 && pollTime > FullPollTime ? FullPollTime : pollTime);
    }

    private void Poll(TimeSpan wait)
    {
        for (var taken = 0; taken < RecordsPerRound && TryConsume(taken == 0 ? wait : TimeSpan.Zero, out var record); taken++)
        {
            if (IsBehindHeld(record, _held.Count) || !TryPlace(record))
            {
                _held.Add(record);
                return; // pauses first, before more of the same partition comes
            }
        }
    }

    private bool TryConsume(TimeSpan wait, out ConsumedRecord record)
    {
        if (_source.TryTake(wait, out record, out var trouble))
            return true;
        if (trouble is { } came)
            OnTrouble(came);
        return false;
    }

    private void OnTrouble(ConsumeTrouble trouble)
    {
        var error = trouble.Error;
        if (error.IsFatal || trouble.IsLeftAside)
            throw new KafkaException(error);
        if (error.Code == ErrorCode.Local_MaxPollExceeded)
        {
            Log.MaxPollExceeded(_logger, _name);
            Lose([.. _trackers.Keys]); // the group has given them to others, and what is in flight here with them
            throw new KafkaException(error);
        }

        if (trouble is { IsUnreadable: true, Partition: { } partition })
        {
            Log.Unreadable(_logger, _name, OfTopic(partition).Topic, partition.Partition, trouble.Offset, error.Reason);
            _pauses.Set(partition, PauseReasons.Unreadable, applies: true);
            return;
        }

        Log.ConsumeTrouble(_logger, _name, error.Code, error.Reason);
    }

    /// <summary>Tries again what could not be placed: a full sink stops a topic, a full window only its partition.</summary>
    private void PlaceHeld()
    {
        for (var i = 0; i < _held.Count;)
        {
            if (!IsBehindHeld(_held[i], i) && TryPlace(_held[i]))
                _held.RemoveAt(i);
            else
                i++;
        }

        for (var topic = 0; topic < _fullSince.Length; topic++)
        {
            if (IsFullForLong(topic) ? _sink.IsHalfEmpty(topic) : _sink.HasRoom(topic))
                _fullSince[topic] = null;
        }
    }

    /// <summary>
    /// Whether an older record of the same partition is still held. Placed before it, the younger one would make the older look like a gap,
    /// and a gap counts as settled.
    /// </summary>
    private bool IsBehindHeld(in ConsumedRecord record, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (_held[i].Partition == record.Partition)
                return true;
        }

        return false;
    }

    /// <summary>Tracks a record and puts it into the sink; <see langword="false"/> when it has to be held.</summary>
    private bool TryPlace(in ConsumedRecord record)
    {
        var partition = record.Partition;
        var topic = _settings.Topics[partition.Topic];
        var isOurs = _settings.Takes(record.Headers);
        if (isOurs && !_sink.HasRoom(partition.Topic))
        {
            _fullSince[partition.Topic] ??= _time.GetTimestamp();
            return false;
        }

        RepeatMark mark = default;
        var isMarked = isOurs && _repeats is not null && RepeatMark.TryRead(record.Key, record.Headers, out mark);
        if (isMarked && !_repeats!.IsReady(partition, topic, record.Offset))
            return false;

        var tracker = Tracker(partition, record.Offset);
        if (!tracker.TryAdd(record.Offset, record.LeaderEpoch))
        {
            _pauses.Set(partition, PauseReasons.Window, applies: true);
            return false;
        }

        var isRepeated = isMarked && _repeats!.IsRepeated(record, topic, mark);
        var delay = isOurs && _settings.DelaysOf is not null ? DelayedPush.Read(record.Headers) : null;
        tracker.Times.Add(record.Offset, TimeOf(record, delay?.Leaves), tracker.Watermark);
        if (tracker.IsSettled(record.Offset))
        {
            record.Value.Return();
            _metrics.RecordSkipped(topic);
            return true;
        }

        if (!isOurs || isRepeated)
        {
            // Its own lane's group reads it too, and settles it there; or an earlier offset is its push, and holds the watermark until it is settled.
            tracker.Complete(record.Offset);
            record.Value.Return();
            return true;
        }

        var app = _settings.Apps.NameOf(PushJson.PeekApp(record.Value.Span));
        _sink.Add(new ConsumedPush(record, topic, tracker, delay, app));
        return true;
    }

    /// <summary>The partition's tracker; a new one when there is none yet, or when the offsets went back (a reset).</summary>
    private PartitionTracker Tracker(PartitionKey partition, long offset)
    {
        if (_trackers.TryGetValue(partition, out var tracker) && offset >= tracker.Next)
        {
            if (offset - tracker.Next > MarkerGap)
                ReportLoss(partition, tracker.Next, offset);
            return tracker;
        }

        if (tracker is not null)
        {
            Log.Rewound(_logger, _name, OfTopic(partition).Topic, partition.Partition, tracker.Next, offset);
            tracker.Detach();
            _repeats?.Forget(partition); // the log may have been cut: what it remembers may be gone, unsent
        }
        else if (_committed.Remove(partition, out var committed))
        {
            if (offset > committed.Offset)
                ReportLoss(partition, committed.Offset, offset);
            else if (offset == committed.Offset && committed.Settled is { } settled)
                return _trackers[partition] = new PartitionTracker(settled); // elsewhere the log is not what it was: everything again
        }

        return _trackers[partition] = new PartitionTracker(offset);
    }

    private TopicPartition OfTopic(PartitionKey partition) => new(_settings.Topics[partition.Topic], partition.Partition);

    private PartitionKey? KeyOf(TopicPartition partition) =>
        TopicIndex(partition.Topic) is >= 0 and var topic ? new PartitionKey(topic, partition.Partition.Value) : null;

    private int TopicIndex(string topic)
    {
        for (var i = 0; i < _settings.Topics.Count; i++)
        {
            if (_settings.Topics[i] == topic)
                return i;
        }

        return -1;
    }
}
