using Dispatcher.Worker.Consuming;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>
/// Invariant 7: after any sequence of rebalances and reasons, what is paused is what should be. The other side is librdkafka, which
/// keeps a pause with the partition, also while somebody else has it.
/// </summary>
public sealed class PauseStateProperties
{
    private static readonly PartitionKey[] Partitions = [new(0, 0), new(0, 1), new(1, 0)];

    private static readonly PauseReasons[] Reasons = [.. Enum.GetValues<PauseReasons>().Where(reason => reason != PauseReasons.None)];

    [Fact]
    public void What_is_paused_is_what_has_a_reason_and_nothing_else() =>
        Prop.ForAll(Arb.From(Steps, Shrink.Sequence), steps =>
        {
            var world = new World();
            return steps.All(world.IsRightAfter);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static Gen<Step[]> Steps { get; } =
        (from kind in Gen.Elements(Enum.GetValues<StepKind>())
         from partition in Gen.Elements(Partitions)
         from reason in Gen.Elements(Reasons)
         from applies in Gen.Elements(true, false)
         select new Step(kind, partition, reason, applies)).ArrayOf();

    private enum StepKind
    {
        Assign,
        Unassign,
        Set,
        SetAll,
        Reconcile,
    }

    private readonly record struct Step(StepKind Kind, PartitionKey Partition, PauseReasons Reason, bool Applies);

    /// <summary>The state under test, what it should be, and what librdkafka has been told.</summary>
    private sealed class World
    {
        private readonly PauseState _state = new();
        private readonly Dictionary<PartitionKey, PauseReasons> _reasons = [];
        private readonly HashSet<PartitionKey> _pausedInLibrdkafka = [];
        private PauseReasons _all;

        public bool IsRightAfter(Step step)
        {
            Apply(step);
            return _state.Assigned.ToHashSet().SetEquals(_reasons.Keys)
                && _state.Paused.ToHashSet().SetEquals(_pausedInLibrdkafka)
                && _pausedInLibrdkafka.IsSubsetOf(_reasons.Keys) // nothing that was given up stays paused
                && (step.Kind != StepKind.Reconcile || _pausedInLibrdkafka.SetEquals(Wanted));
        }

        private IEnumerable<PartitionKey> Wanted => _reasons.Where(pair => (pair.Value | _all) != PauseReasons.None).Select(pair => pair.Key);

        private void Apply(Step step)
        {
            switch (step.Kind)
            {
                case StepKind.Assign:
                    _state.Assign(step.Partition);
                    _reasons[step.Partition] = PauseReasons.None;
                    break;
                case StepKind.Unassign:
                    if (_state.Unassign(step.Partition))
                        _pausedInLibrdkafka.Remove(step.Partition);
                    _reasons.Remove(step.Partition);
                    break;
                case StepKind.Set:
                    _state.Set(step.Partition, step.Reason, step.Applies);
                    if (_reasons.TryGetValue(step.Partition, out var reasons))
                        _reasons[step.Partition] = With(reasons, step);
                    break;
                case StepKind.SetAll:
                    _state.SetAll(step.Reason, step.Applies);
                    _all = With(_all, step);
                    break;
                case StepKind.Reconcile:
                    var (pause, resume) = _state.Reconcile();
                    _pausedInLibrdkafka.UnionWith(pause);
                    _pausedInLibrdkafka.ExceptWith(resume);
                    break;
            }
        }

        private static PauseReasons With(PauseReasons reasons, Step step) => step.Applies ? reasons | step.Reason : reasons & ~step.Reason;
    }
}
