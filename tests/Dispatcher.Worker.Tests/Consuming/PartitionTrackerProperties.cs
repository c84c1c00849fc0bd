using Dispatcher.Worker.Consuming;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>The tracker does what the naive one does, whatever is done to it. Failures print a seed and shrink to a short sequence.</summary>
public sealed class PartitionTrackerProperties
{
    private const long First = 1_000_003;

    /// <summary>Invariants 1 and 4: the watermark is the lowest offset that is not settled, and the window is full exactly when it must be.</summary>
    [Fact]
    public void Watermark_and_window_are_those_of_the_naive_model() =>
        Prop.ForAll(Arb.From(Steps, Shrink.Sequence), steps =>
        {
            var (tracker, model) = (new PartitionTracker(First), new NaiveTracker(First));
            return steps.All(step => Apply(step, tracker, model));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    /// <summary>Invariant 4: the watermark never goes back, and looking twice changes nothing.</summary>
    [Fact]
    public void Watermark_is_monotonic_and_advancing_is_idempotent() =>
        Prop.ForAll(Arb.From(Steps, Shrink.Sequence), steps =>
        {
            var (tracker, model) = (new PartitionTracker(First), new NaiveTracker(First));
            var last = First;
            foreach (var step in steps)
            {
                Apply(step, tracker, model);
                var watermark = tracker.Advance();
                if (watermark < last || tracker.Advance() != watermark)
                    return false;
                last = watermark;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    /// <summary>Invariant 4: in which order pushes end changes nothing in the end.</summary>
    [Fact]
    public void Order_of_completions_does_not_change_the_final_watermark() =>
        Prop.ForAll(Gen.Shuffle(Enumerable.Range(0, 500).ToArray()).ToArbitrary(), order =>
        {
            var tracker = new PartitionTracker(First);
            foreach (var index in order.Order())
                tracker.TryAdd(First + (3 * index)); // two of three offsets are gaps
            foreach (var index in order)
                tracker.Complete(First + (3 * index));
            return tracker.Advance() == tracker.Next && tracker.Span == 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    private static Gen<Step[]> Steps { get; } = Gen.Frequency(
            (6, Gen.Choose(0, 3).Select(gap => new Step(StepKind.Add, gap))),
            (2, Gen.Choose(1, 200).Select(count => new Step(StepKind.AddMany, count))),
            (1, Gen.Choose(1, 20_000).Select(count => new Step(StepKind.AddMany, count))),
            (1, Gen.Choose(60, 70).Select(gap => new Step(StepKind.Add, gap))),
            (1, Gen.Choose(PartitionTracker.Window - 2, PartitionTracker.Window + 2).Select(gap => new Step(StepKind.Add, gap))),
            (1, Gen.Choose(0, 100_000).Select(gap => new Step(StepKind.Add, gap))),
            (8, Gen.Choose(0, 1_000).Select(place => new Step(StepKind.Complete, place))),
            (2, Gen.Choose(0, 3).Select(skip => new Step(StepKind.CompleteAllBut, skip))),
            (2, Gen.Constant(new Step(StepKind.Advance, 0))))
        .ArrayOf();

    private static bool Apply(Step step, PartitionTracker tracker, NaiveTracker model)
    {
        switch (step.Kind)
        {
            case StepKind.Add:
                return Add(model.Next + step.Argument);
            case StepKind.AddMany:
                return Enumerable.Range(0, step.Argument).All(_ => Add(model.Next));
            case StepKind.Complete when model.Open > 0:
                Complete(model.Pick(step.Argument / 1_000.0));
                break;
            case StepKind.CompleteAllBut:
                Array.ForEach(model.OpenFrom(step.Argument), Complete);
                break;
            case StepKind.Advance:
                tracker.Advance();
                break;
        }

        return tracker.Watermark <= model.Watermark // before it looks, it may lag, but never lead
            && (step.Kind != StepKind.Advance || tracker.Watermark == model.Watermark)
            && tracker.Next == model.Next;

        bool Add(long offset) => tracker.TryAdd(offset) == model.TryAdd(offset) && tracker.Span <= PartitionTracker.Window;

        void Complete(long offset)
        {
            tracker.Complete(offset);
            model.Complete(offset);
        }
    }

    private enum StepKind
    {
        Add,
        AddMany,
        Complete,
        CompleteAllBut,
        Advance,
    }

    private readonly record struct Step(StepKind Kind, int Argument);
}
