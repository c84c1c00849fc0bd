using Confluent.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Worker.Consuming;

/// <summary>
/// One consumer's life, from subscribing to closing, on the pump's thread; nothing else touches the <c>IConsumer</c>. A record that was
/// consumed is in exactly one place: held here, or tracked and in the lane's queue, or dropped together with its partition.
/// </summary>
internal sealed partial class LaneConsumer
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FullPollTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RoomWait = TimeSpan.FromMilliseconds(20);

    /// <summary>How long the queue may be full before the prefetch is given up for a pause; shorter, it is enough not to consume.</summary>
    private static readonly TimeSpan PauseAfter = TimeSpan.FromSeconds(1);

    /// <summary>Records taken from the prefetch between two looks at offsets and pauses.</summary>
    private const int RecordsPerRound = 256;

    private readonly Lane _lane;
    private readonly string _topic;
    private readonly IConsumer<byte[]?, RecordBytes> _consumer;
    private readonly LaneQueue _queue;
    private readonly WorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<int, PartitionTracker> _trackers = [];
    private readonly PauseState _pauses = new();

    // Bound: what one round consumed before it saw that there was no room, and one record of each partition that comes while all are paused.
    private readonly List<ConsumeResult<byte[]?, RecordBytes>> _held = [];

    private long _lastStore;
    private long? _fullSince;
    private Error? _fatal;
    private Exception? _handlerFault;

    public LaneConsumer(
        Lane lane,
        string topic,
        ConsumerConfig config,
        LaneQueue queue,
        WorkerOptions options,
        TimeProvider time,
        ILogger logger)
    {
        _lane = lane;
        _topic = topic;
        _queue = queue;
        _options = options;
        _time = time;
        _logger = logger;
        _lastStore = time.GetTimestamp();
        _consumer = new ConsumerBuilder<byte[]?, RecordBytes>(config)
            .SetValueDeserializer(new RecordBytes.Deserializer())
            .SetPartitionsAssignedHandler((_, partitions) => Guarded(() => OnAssigned(partitions)))
            .SetPartitionsRevokedHandler((_, offsets) => Guarded(() => OnRevoked(offsets)))
            .SetPartitionsLostHandler((_, offsets) => Guarded(() => OnLost(offsets)))
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler((_, message) => Log.Librdkafka(_logger, message.Facility, message.Message))
            .Build();
    }

    /// <summary>Whether the group has given this consumer its share, which may be nothing.</summary>
    public bool IsAssigned { get; private set; }

    /// <summary>Consumes until stopped, then drains and leaves the group.</summary>
    /// <param name="onRound">Called once per round, for liveness.</param>
    /// <param name="stopping">Take nothing new, finish what has started.</param>
    public void Run(Action<LaneConsumer> onRound, CancellationToken stopping)
    {
        try
        {
            _consumer.Subscribe(_topic);
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
            foreach (var tracker in _trackers.Values)
                tracker.Detach();
            foreach (var record in _held)
                record.Message.Value.Return();
        }
    }

    private void Round()
    {
        if (_fatal is { } fatal)
            throw new KafkaException(fatal);
        if (_handlerFault is { } fault)
            throw new InvalidOperationException("A rebalance handler failed.", fault);

        StoreOffsets(force: false);
        PlaceHeld();
        ApplyPauses();
        if (_fullSince is not null && !IsFullForLong)
            _queue.WaitUntilTaken(RoomWait); // short saturation: not consuming keeps the prefetch
        else
            Poll();
    }

    private bool IsFullForLong => _fullSince is { } since && _time.GetElapsedTime(since) > PauseAfter;

    private void Poll()
    {
        var record = Consume(_fullSince is null ? PollTime : FullPollTime);
        for (var taken = 1; record is not null; taken++)
        {
            if (!TryPlace(record))
            {
                _held.Add(record);
                return; // pauses first, before more of the same partition comes
            }

            record = taken < RecordsPerRound ? Consume(TimeSpan.Zero) : null;
        }
    }

    private ConsumeResult<byte[]?, RecordBytes>? Consume(TimeSpan wait)
    {
        try
        {
            return _consumer.Consume(wait);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            OnConsumeError(e);
            return null;
        }
    }

    private void OnConsumeError(ConsumeException e)
    {
        var partition = e.ConsumerRecord?.Partition ?? Partition.Any;
        if (e.Error.Code == ErrorCode.Local_MaxPollExceeded)
        {
            Log.MaxPollExceeded(_logger, _lane);
            Lose([.. _trackers.Keys]); // the group has given them to others; the next poll joins again
        }
        else if (e.Error.Code is ErrorCode.Local_BadMsg or ErrorCode.Local_BadCompression or ErrorCode.Local_NotImplemented
            && partition != Partition.Any)
        {
            Log.Unreadable(_logger, _lane, partition.Value, e.ConsumerRecord!.Offset.Value, e.Error.Reason);
            _pauses.Set(partition.Value, PauseReasons.Unreadable, applies: true);
        }
        else
        {
            Log.ConsumeTrouble(_logger, _lane, e.Error.Code, e.Error.Reason);
        }
    }

    /// <summary>Tries again what could not be placed: a full queue stops everything, a full window only its partition.</summary>
    private void PlaceHeld()
    {
        for (var i = 0; i < _held.Count;)
        {
            if (TryPlace(_held[i]))
                _held.RemoveAt(i);
            else
                i++;
        }

        if (IsFullForLong ? _queue.IsHalfEmpty : _queue.HasRoom)
            _fullSince = null;
    }

    /// <summary>Tracks a record and puts it into the queue; <see langword="false"/> when it has to be held.</summary>
    private bool TryPlace(ConsumeResult<byte[]?, RecordBytes> record)
    {
        var partition = record.Partition.Value;
        if (!_queue.HasRoom)
        {
            _fullSince ??= _time.GetTimestamp();
            return false;
        }

        var tracker = Tracker(partition, record.Offset.Value);
        if (!tracker.TryAdd(record.Offset.Value))
        {
            _pauses.Set(partition, PauseReasons.Window, applies: true);
            return false;
        }

        _queue.Add(new ConsumedPush(record, tracker));
        return true;
    }

    /// <summary>The partition's tracker; a new one when there is none yet, or when the offsets went back (a reset).</summary>
    private PartitionTracker Tracker(int partition, long offset)
    {
        if (_trackers.TryGetValue(partition, out var tracker) && offset >= tracker.Next)
            return tracker;
        if (tracker is not null)
        {
            Log.Rewound(_logger, _lane, partition, tracker.Next, offset);
            tracker.Detach();
        }

        return _trackers[partition] = new PartitionTracker(offset);
    }

    private void ApplyPauses()
    {
        _pauses.SetAll(PauseReasons.LaneFull, IsFullForLong);
        foreach (var (partition, tracker) in _trackers)
        {
            // Half a window of hysteresis, because every pause throws the prefetch away.
            if (_pauses.Has(partition, PauseReasons.Window) && tracker.Span <= PartitionTracker.Window / 2
                && !_held.Any(record => record.Partition.Value == partition))
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

    private void StoreOffsets(bool force)
    {
        if (!force && _time.GetElapsedTime(_lastStore) < _options.StoreInterval)
            return;
        _lastStore = _time.GetTimestamp();
        foreach (var (partition, tracker) in _trackers)
            Store(partition, tracker);
    }

    private void Store(int partition, PartitionTracker tracker)
    {
        var watermark = tracker.Advance();
        if (watermark <= tracker.Stored || (tracker.Stored < 0 && watermark == tracker.First))
            return;
        try
        {
            _consumer.StoreOffset(new TopicPartitionOffset(OfTopic(partition), watermark));
            tracker.Stored = watermark;
        }
        catch (KafkaException e)
        {
            // Not assigned any more: the fence that keeps a late offset from rewinding the new owner's. It replays from the last commit.
            Log.NotStored(_logger, _lane, partition, e.Error.Code);
        }
    }

    private TopicPartition OfTopic(int partition) => new(_topic, partition);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Lane}: assigned partitions {Partitions}")]
        public static partial void Assigned(ILogger logger, Lane lane, string partitions);

        [LoggerMessage(2, LogLevel.Information, "{Lane}: gave up partitions {Partitions}; {Abandoned} pushes in flight were left to the next owner")]
        public static partial void Revoked(ILogger logger, Lane lane, string partitions, int abandoned);

        [LoggerMessage(3, LogLevel.Warning, "{Lane}: lost partitions {Partitions}")]
        public static partial void Lost(ILogger logger, Lane lane, string partitions);

        [LoggerMessage(4, LogLevel.Warning, "{Lane}: not polled for too long, rejoining the group")]
        public static partial void MaxPollExceeded(ILogger logger, Lane lane);

        [LoggerMessage(5, LogLevel.Error, "{Lane}: partition {Partition} stands still at offset {Offset}, a batch there cannot be read: {Reason}")]
        public static partial void Unreadable(ILogger logger, Lane lane, int partition, long offset, string reason);

        [LoggerMessage(6, LogLevel.Warning, "{Lane}: {Code} {Reason}")]
        public static partial void ConsumeTrouble(ILogger logger, Lane lane, ErrorCode code, string reason);

        [LoggerMessage(7, LogLevel.Warning, "{Lane}: partition {Partition} went back from offset {Next} to {Offset}")]
        public static partial void Rewound(ILogger logger, Lane lane, int partition, long next, long offset);

        [LoggerMessage(8, LogLevel.Warning, "{Lane}: offset of partition {Partition} not stored: {Code}")]
        public static partial void NotStored(ILogger logger, Lane lane, int partition, ErrorCode code);

        [LoggerMessage(9, LogLevel.Warning, "{Lane}: {Abandoned} pushes were still in flight when the drain timeout ended; they stay in Kafka")]
        public static partial void DrainTimedOut(ILogger logger, Lane lane, int abandoned);

        [LoggerMessage(10, LogLevel.Error, "{Lane}: a rebalance handler failed; the consumer is replaced")]
        public static partial void HandlerFailed(ILogger logger, Lane lane, Exception exception);

        [LoggerMessage(11, LogLevel.Debug, "librdkafka {Facility}: {Message}")]
        public static partial void Librdkafka(ILogger logger, string facility, string message);
    }
}
