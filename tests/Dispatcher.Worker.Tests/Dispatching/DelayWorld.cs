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

/// <summary>A sink of two tiers before four lanes whose loops never start: what left the tiers stays in the queues for a test to take.</summary>
internal sealed class DelayWorld : IDisposable
{
    private readonly Dictionary<Lane, (LaneQueue Queue, LaneDispatcher Dispatcher)> _lanes;
    private readonly Dictionary<PartitionKey, PartitionTracker> _trackers = [];
    private readonly Counters _counters = new();
    private long _next;
    private bool _isServing;

    [SuppressMessage("Reliability", "CA2000", Justification = "The dispatcher disposes its queue.")]
    public DelayWorld(int roomInLane)
    {
        _lanes = Lane.All.ToDictionary(lane => lane, lane =>
        {
            var queue = new LaneQueue(roomInLane, long.MaxValue, int.MaxValue, _ => new(_isServing ? int.MaxValue : 0, Hindrance.None));
            // No loop starts, so nobody asks for a reader, a sender or a settler.
            return (queue, new LaneDispatcher(queue, null!, null!, null!, null!, Time));
        });
        Sink = new DelaySink(2, _lanes.ToDictionary(lane => lane.Key, lane => lane.Value.Dispatcher), Time);
    }

    public FakeTimeProvider Time { get; } = new();

    public DelaySink Sink { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    public void Dispose()
    {
        foreach (var (_, dispatcher) in _lanes.Values)
            dispatcher.Dispose();
        _counters.Dispose();
    }

    public ConsumedPush Add(Lane lane, DateTimeOffset notBefore, DateTimeOffset? leavesAt = null, int tier = 0, int partition = 0, int length = 5) =>
        Add(new DelayedPush(lane, notBefore, leavesAt ?? notBefore, 1, 1, null, null, new RecordOrigin("push", 0, 0, Now), null), tier, partition, length);

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

    public int Waiting(Lane lane) => _lanes[lane].Queue.Count;

    /// <summary>Takes everything out of a lane's queue.</summary>
    public IReadOnlyList<ConsumedPush> Serve(Lane lane)
    {
        _isServing = true;
        var taken = new List<ConsumedPush>();
        while (_lanes[lane].Queue.TryTake() is { } push)
        {
            _lanes[lane].Queue.Release(push);
            taken.Add(push);
        }

        _isServing = false;
        return taken;
    }
}
