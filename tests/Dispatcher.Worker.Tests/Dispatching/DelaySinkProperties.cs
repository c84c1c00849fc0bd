using Dispatcher.Core.Pushes;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Tests.Consuming;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Worker.Tests.Dispatching;

/// <summary>
/// Invariant 11, after any sequence of arrivals, time, lanes that fill and are served, and partitions that go: exactly what is due leaves,
/// each lane's in the order of due times, as much as its lane has room for.
/// </summary>
public sealed class DelaySinkProperties
{
    private const int RoomInLane = 3;

    [Fact]
    public void The_sink_behaves_like_a_sorted_list_for_each_lane() =>
        Prop.ForAll(Arb.From(Steps, Shrink.Sequence), steps =>
        {
            using var model = new Model();
            return steps.All(model.IsRightAfter);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static Gen<Step[]> Steps { get; } =
        (from kind in Gen.Elements(StepKind.Add, StepKind.Add, StepKind.Add, StepKind.Advance, StepKind.Tick, StepKind.Serve, StepKind.GiveUp)
         from lane in Gen.Elements<Lane>(Lane.All)
         from partition in Gen.Elements(new PartitionKey(0, 0), new PartitionKey(0, 1), new PartitionKey(1, 0))
         from seconds in Gen.Choose(-5, 60)
         from tierSeconds in Gen.Choose(0, 30)
         select new Step(kind, lane, partition, seconds, tierSeconds)).ArrayOf();

    private enum StepKind
    {
        Add,
        Advance,
        Tick,
        Serve,
        GiveUp,
    }

    private readonly record struct Step(StepKind Kind, Lane Lane, PartitionKey Partition, int Seconds, int TierSeconds);

    private sealed class Model : IDisposable
    {
        private readonly DelayWorld _world = new(RoomInLane);
        private readonly Dictionary<Lane, List<(DateTimeOffset Leaves, ConsumedPush Push)>> _waiting = Lane.All.ToDictionary(lane => lane, _ => new List<(DateTimeOffset, ConsumedPush)>());
        private readonly Dictionary<Lane, List<ConsumedPush>> _queued = Lane.All.ToDictionary(lane => lane, _ => new List<ConsumedPush>());
        private int _order;

        public void Dispose() => _world.Dispose();

        public bool IsRightAfter(Step step)
        {
            switch (step.Kind)
            {
                case StepKind.Add:
                    var notBefore = _world.Now.AddSeconds(step.Seconds).AddTicks(_order++); // no two are due at once, so that the order is known
                    var leavesAt = _world.Now.AddSeconds(step.TierSeconds).AddTicks(_order++);
                    var push = _world.Add(step.Lane, notBefore, leavesAt, step.Partition.Topic, step.Partition.Partition);
                    _waiting[step.Lane].Add((notBefore < leavesAt ? notBefore : leavesAt, push));
                    return true;
                case StepKind.Advance:
                    _world.Time.Advance(TimeSpan.FromSeconds(step.TierSeconds / 3.0));
                    return true;
                case StepKind.GiveUp:
                    _world.GiveUp(step.Partition);
                    foreach (var waiting in _waiting.Values)
                        waiting.RemoveAll(item => item.Push.Partition == step.Partition);
                    return true;
                case StepKind.Serve:
                    var served = _world.Serve(step.Lane);
                    var isRight = served.SequenceEqual(_queued[step.Lane]);
                    _queued[step.Lane].Clear();
                    return isRight;
                default:
                    return _world.Sink.Tick() == Tick();
            }
        }

        private TimeSpan Tick()
        {
            var next = TimeSpan.FromMilliseconds(100);
            foreach (var lane in Lane.All)
            {
                var due = _waiting[lane].Where(item => item.Leaves <= _world.Now).OrderBy(item => item.Leaves).ToList();
                var leave = due.Take(RoomInLane - _queued[lane].Count).ToList();
                _queued[lane].AddRange(leave.Select(item => item.Push));
                _waiting[lane].RemoveAll(leave.Contains);
                if (leave.Count == due.Count && _waiting[lane].Count > 0)
                    next = TimeSpan.FromTicks(Math.Min(next.Ticks, (_waiting[lane].Min(item => item.Leaves) - _world.Now).Ticks));
            }

            return next;
        }
    }
}
