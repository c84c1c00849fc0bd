using System.Diagnostics.CodeAnalysis;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Testing;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Dispatching;
using Dispatcher.Worker.Tests.Consuming;
using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests.Dispatching;

/// <summary>A sink of two tiers before a lane whose loops never start: what left the tiers stays in the queue for a test to take.</summary>
internal sealed class DelayWorld : IDisposable
{
    private static readonly Lane Lane = Lane.All[2];

    private readonly LaneQueue _queue;
    private readonly LaneDispatcher _dispatcher;
    private readonly Dictionary<PartitionKey, PartitionTracker> _trackers = [];
    private readonly Counters _counters = new();
    private long _next;
    private bool _isServing;

    [SuppressMessage("Reliability", "CA2000", Justification = "The dispatcher disposes its queue.")]
    public DelayWorld(int roomInLane)
    {
        _queue = new LaneQueue(roomInLane, long.MaxValue, int.MaxValue, _ => new(_isServing ? int.MaxValue : 0, Hindrance.None));
        // No loop starts, so nobody asks for a reader, a sender or a settler.
        _dispatcher = new LaneDispatcher(_queue, null!, null!, null!, null!, null!, null!, Time);
        Sink = new DelaySink(2, _dispatcher, Time);
    }

    public FakeTimeProvider Time { get; } = new();

    public DelaySink Sink { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    public void Dispose()
    {
        _dispatcher.Dispose();
        _counters.Dispose();
    }

    public ConsumedPush Add(DateTimeOffset notBefore, DateTimeOffset? leavesAt = null, int tier = 0, int partition = 0, int length = 5) =>
        Add(new DelayedPush(Lane, notBefore, leavesAt ?? notBefore, 1, 1, null, null, new RecordOrigin("push", 0, 0, Now), null), tier, partition, length);

    public ConsumedPush Add(DelayedPush? delay, int tier = 0, int partition = 0, int length = 5)
    {
        var key = new PartitionKey(tier, partition);
        if (!_trackers.TryGetValue(key, out var tracker))
            _trackers.Add(key, tracker = new PartitionTracker(_next));
        var push = Records.Delayed(key, _next++, tracker, delay, length);
        Sink.Add(push);
        return push;
    }

    /// <summary>Gives a partition up; what comes from it later belongs to a new assignment.</summary>
    public void GiveUp(PartitionKey partition)
    {
        if (_trackers.Remove(partition, out var tracker))
            tracker.Close();
        Sink.DropClosed();
    }

    /// <summary>Pushes that have left their tier and wait for the lane.</summary>
    public int Queued => _queue.Count;

    /// <summary>Takes everything out of the lane's queue.</summary>
    public IReadOnlyList<ConsumedPush> Serve()
    {
        _isServing = true;
        var taken = new List<ConsumedPush>();
        while (_queue.TryTake() is { } push)
        {
            _queue.Release(push);
            taken.Add(push);
        }

        _isServing = false;
        return taken;
    }
}
