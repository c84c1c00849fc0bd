using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Worker.Consuming;

/// <summary>
/// One consumed record on its way through the worker. It ends exactly once, by <see cref="Complete"/> or <see cref="Abandon"/>, and a
/// second end does nothing: a double completion cannot be expressed.
/// </summary>
internal sealed class ConsumedPush
{
    private const int Queued = 0;
    private const int Started = 1;
    private const int HandedOver = 2;
    private const int Ended = 3;

    /// <summary>The year 9000: far enough, and no wait that is added to it leaves the calendar.</summary>
    public static readonly long LatestTimestamp = new DateTimeOffset(9000, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private readonly PartitionTracker _tracker;
    private readonly ConsumedRecord _record;
    private int _state = Queued;

    /// <summary>Takes over the record and its buffer.</summary>
    /// <param name="record">What the pump consumed.</param>
    /// <param name="topic">The name of its topic.</param>
    /// <param name="tracker">Where its offset was added.</param>
    /// <param name="delay">What its delay tier knows about it; <see langword="null"/> for a record of a lane.</param>
    /// <param name="app">The configured app that it is for; empty for none.</param>
    public ConsumedPush(
        in ConsumedRecord record,
        string topic,
        PartitionTracker tracker,
        DelayedPush? delay,
        string app)
    {
        _tracker = tracker;
        _record = record;
        Topic = topic;
        Delay = delay;
        App = app;
        Weight = Length + (Key?.Length ?? 0) + WeightOf(Headers);
    }

    /// <summary>The record's key.</summary>
    public byte[]? Key => _record.Key;

    /// <summary>The record's headers, if it has any.</summary>
    public Headers? Headers => _record.Headers;

    /// <summary>The trace that it belongs to, if that is sampled.</summary>
    public TraceContext? Trace => TraceHeaders.Read(Headers);

    /// <summary>Whether it was put back from the dead letters, and this is its first time since.</summary>
    public bool IsReplay => Delay is null && Headers is { } headers && headers.TryGetLastBytes(DeadLetterHeaders.ReplayId, out _);

    /// <summary>The push's id, once it has been read.</summary>
    public Guid? PushId { get; set; }

    /// <summary>When Kafka took this record.</summary>
    /// <remarks>A producer may stamp a record with any number, in microseconds by mistake: no number may stop the pump.</remarks>
    public DateTimeOffset Timestamp => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(_record.Timestamp, 0, LatestTimestamp));

    /// <summary>The topic it came from.</summary>
    public string Topic { get; }

    /// <summary>The partition it came from.</summary>
    public PartitionKey Partition => _record.Partition;

    /// <summary>Its offset there.</summary>
    public long Offset => _record.Offset;

    /// <summary>What its delay tier knows about it; <see langword="null"/> for a record of a lane.</summary>
    public DelayedPush? Delay { get; }

    /// <summary>The configured app whose line it stands in; empty for a record that names none, which is refused when its turn comes.</summary>
    public string App { get; }

    /// <summary>Where it was first consumed, before any delay.</summary>
    public RecordOrigin Origin => Delay?.Origin ?? new RecordOrigin(Topic, Partition.Partition, Offset, Timestamp);

    /// <summary>The value's bytes; valid until the push ends.</summary>
    public ReadOnlySpan<byte> Value => _record.Value.Span;

    /// <summary>How long the value is.</summary>
    public int Length => _record.Value.Length;

    /// <summary>How much the record weighs in a queue: nobody bounds what a producer puts into a key or headers.</summary>
    public int Weight { get; }

    /// <summary>Whether its partition is being given up, so that it would not start any more.</summary>
    public bool IsClosed => _tracker.IsClosed;

    /// <summary>Whether the partition is gone: another worker has the push, and hands it off if need be.</summary>
    public bool IsLost => _tracker.IsDetached;

    /// <summary>Begins the push; <see langword="false"/> when its partition is being given up, and then it has ended.</summary>
    public bool TryStart()
    {
        if (_tracker.TryStart())
        {
            _state = Started;
            return true;
        }

        Abandon();
        return false;
    }

    /// <summary>A copy of the value that outlives the push, byte by byte; <see langword="null"/> for a record without one.</summary>
    public byte[]? CopyValue() => _record.Value.ToArray();

    /// <summary>Settles the offset. Legal causes: accepted, expired, or handed off and acknowledged.</summary>
    public void Complete()
    {
        var state = Interlocked.Exchange(ref _state, Ended);
        if (state == Ended)
            return;
        _tracker.Complete(Offset);
        Release(state);
    }

    /// <summary>Its dispatch loop has done its part: from here on, whoever waits for Kafka ends it, and <see cref="Abandon"/> does nothing.</summary>
    public void HandOver() => Interlocked.CompareExchange(ref _state, HandedOver, Started);

    /// <summary>Leaves the offset unsettled, for whoever consumes the partition next.</summary>
    public void Abandon()
    {
        var state = Volatile.Read(ref _state);
        if (state is Queued or Started && Interlocked.CompareExchange(ref _state, Ended, state) == state)
            Release(state);
    }

    /// <summary>The same for one that was handed over.</summary>
    public void AbandonHandedOver()
    {
        if (Interlocked.CompareExchange(ref _state, Ended, HandedOver) == HandedOver)
            Release(HandedOver);
    }

    private static int WeightOf(Headers? headers)
    {
        var weight = 0;
        for (var i = 0; i < headers?.Count; i++)
            weight += headers[i].Key.Length + (headers[i].GetValueBytes()?.Length ?? 0);
        return weight;
    }

    private void Release(int state)
    {
        _record.Value.Return();
        if (state != Queued)
            _tracker.Finish();
    }
}
