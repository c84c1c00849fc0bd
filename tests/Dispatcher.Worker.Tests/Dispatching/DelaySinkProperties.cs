using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Tests.Consuming;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Worker.Tests.Dispatching;

/// <summary>
/// Invariant 11, after any sequence of arrivals, time, a lane that fills and is served, and partitions that go: exactly what is due leaves,
/// in the order of due times, as much as the lane has room for.
/// </summary>
public sealed class DelaySinkProperties
{
    private const int RoomInLane = 3;

    [Fact]
    public void The_sink_behaves_like_a_sorted_list() =>
        Prop.ForAll(Arb.From(Steps, Shrink.Sequence), steps =>
        {
            using var model = new Model();
            return steps.All(model.IsRightAfter);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static Gen<Step[]> Steps { get; } =
        (from kind in Gen.Elements(StepKind.Add, StepKind.Add, StepKind.Add, StepKind.Advance, StepKind.Tick, StepKind.Serve, StepKind.GiveUp)
         from partition in Gen.Elements(new PartitionKey(0, 0), new PartitionKey(0, 1), new PartitionKey(1, 0))
         from seconds in Gen.Choose(-5, 60)
         from tierSeconds in Gen.Choose(0, 30)
         select new Step(kind, partition, seconds, tierSeconds)).ArrayOf();

    private enum StepKind
    {
        Add,
        Advance,
        Tick,
        Serve,
        GiveUp,
    }

    private readonly record struct Step(StepKind Kind, PartitionKey Partition, int Seconds, int TierSeconds);

    private sealed class Model : IDisposable
    {
        private readonly DelayWorld _world = new(RoomInLane);
        private readonly List<(DateTimeOffset Leaves, ConsumedPush Push)> _waiting = [];
        private readonly List<ConsumedPush> _queued = [];
        private int _order;

        public void Dispose() => _world.Dispose();

        public bool IsRightAfter(Step step)
        {
            switch (step.Kind)
            {
                case StepKind.Add:
                    var notBefore = _world.Now.AddSeconds(step.Seconds).AddTicks(_order++); // no two are due at once, so that the order is known
                    var leavesAt = _world.Now.AddSeconds(step.TierSeconds).AddTicks(_order++);
                    var push = _world.Add(notBefore, leavesAt, step.Partition.Topic, step.Partition.Partition);
                    _waiting.Add((notBefore < leavesAt ? notBefore : leavesAt, push));
                    return true;
                case StepKind.Advance:
                    _world.Time.Advance(TimeSpan.FromMilliseconds(step.TierSeconds * 333)); // whole milliseconds: the order is in the ticks
                    return true;
                case StepKind.GiveUp:
                    _world.GiveUp(step.Partition);
                    _waiting.RemoveAll(item => item.Push.Partition == step.Partition);
                    return true;
                case StepKind.Serve:
                    var served = _world.Serve();
                    var isRight = served.SequenceEqual(_queued);
                    _queued.Clear();
                    return isRight;
                default:
                    return _world.Sink.Tick() == Tick();
            }
        }

        private TimeSpan Tick()
        {
            var poll = TimeSpan.FromMilliseconds(100);
            var due = _waiting.Where(item => item.Leaves <= _world.Now).OrderBy(item => item.Leaves).ToList();
            var leave = due.Take(RoomInLane - _queued.Count).ToList();
            _queued.AddRange(leave.Select(item => item.Push));
            _waiting.RemoveAll(leave.Contains);
            return leave.Count == due.Count && _waiting.Count > 0
                ? TimeSpan.FromTicks(Math.Min(poll.Ticks, (_waiting.Min(item => item.Leaves) - _world.Now).Ticks))
                : poll;
        }
    }
}
