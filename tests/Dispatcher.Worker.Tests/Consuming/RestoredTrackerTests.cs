using Dispatcher.Worker.Consuming;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>Invariant 6, the tracker's part: a restored tracker skips what its former one had settled, and never anything else.</summary>
public sealed class RestoredTrackerTests
{
    private const long First = 1_000_003;

    /// <summary>
    /// A crash at any moment: whatever was added is read again in the same order. Skipped is what was settled before, and the watermark is
    /// where the lowest of the others is.
    /// </summary>
    [Fact]
    public void What_is_restored_is_what_was_settled() =>
        Prop.ForAll(Arb.From(Runs), run =>
        {
            var (before, settled, next) = (new PartitionTracker(First), new HashSet<long>(), First);
            var offsets = new List<long>();
            foreach (var (gap, isSettled) in run)
            {
                var offset = next + gap;
                if (!before.TryAdd(offset))
                    break;
                offsets.Add(offset);
                next = offset + 1;
                if (isSettled && settled.Add(offset))
                    before.Complete(offset);
            }

            var watermark = before.Advance();
            if (SettledBitmap.Decode(before.SettledAhead().Encode(), watermark) is not { } bitmap)
                return offsets.TrueForAll(offset => settled.Contains(offset) == offset < watermark); // nothing is settled beyond
            var after = new PartitionTracker(bitmap);
            var replay = offsets.FindAll(offset => offset >= watermark);
            return replay[0] == watermark
                && replay.TrueForAll(offset => after.TryAdd(offset) && after.IsSettled(offset) == settled.Contains(offset))
                && after.Advance() == watermark
                && after.SettledAhead().Encode().AsSpan().SequenceEqual(before.SettledAhead().Encode());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    /// <summary>Trap: a ring's slots serve later offsets again, which must not inherit what an earlier one left there.</summary>
    [Fact]
    public void Slots_of_restored_offsets_are_clean_when_the_window_comes_round()
    {
        var tracker = Restored(Enumerable.Range(1, PartitionTracker.Window - 1).Select(index => First + index));
        for (var offset = First; offset < First + PartitionTracker.Window; offset++)
        {
            tracker.TryAdd(offset);
            Assert.Equal(offset > First, tracker.IsSettled(offset));
        }

        Assert.False(tracker.TryAdd(tracker.Next));
        tracker.Complete(First);
        Assert.Equal(First + PartitionTracker.Window, tracker.Advance());
        for (var i = 0; i < PartitionTracker.Window; i++)
        {
            Assert.True(tracker.TryAdd(tracker.Next));
            Assert.False(tracker.IsSettled(tracker.Next - 1));
        }

        Assert.Equal(0, tracker.SettledAhead().Count);
    }

    /// <summary>Trap: a gap wider than the window moves the ring's slots to other offsets, under what is restored.</summary>
    [Fact]
    public void A_gap_wider_than_the_window_takes_nothing_restored_along()
    {
        var tracker = Restored([First + 1, First + 5, First + 700]);
        tracker.TryAdd(First);
        tracker.Complete(First);

        const long Far = First + (5 * PartitionTracker.Window);
        Assert.True(tracker.TryAdd(Far));
        for (var offset = Far + 1; offset < Far + PartitionTracker.Window; offset++)
        {
            Assert.True(tracker.TryAdd(offset));
            Assert.False(tracker.IsSettled(offset));
        }

        Assert.Equal(Far, tracker.Advance());
    }

    /// <summary>Trap of parallel-consumer #894 and #893: nothing past what was consumed may be committed, settled or not.</summary>
    [Fact]
    public void The_watermark_does_not_pass_what_was_consumed()
    {
        var tracker = Restored([First + 1, First + 2, First + 3]);
        tracker.TryAdd(First);
        tracker.Complete(First);

        Assert.Equal(First + 1, tracker.Advance());
        Assert.Equal([First + 1, First + 2, First + 3], tracker.SettledAhead().Offsets);
    }

    [Fact]
    public void Records_of_a_later_leader_are_not_taken_for_those_that_were_settled()
    {
        var tracker = new PartitionTracker(new SettledBitmap(First, epoch: 4, [0b111110]));
        tracker.TryAdd(First, epoch: 3);
        tracker.TryAdd(First + 1, epoch: 4);
        Assert.True(tracker.IsSettled(First + 1));

        tracker.TryAdd(First + 2, epoch: 5);
        Assert.False(tracker.IsSettled(First + 2));
        tracker.TryAdd(First + 3, epoch: 5);
        Assert.False(tracker.IsSettled(First + 3));
        Assert.Equal([First + 1], tracker.SettledAhead().Offsets);
        Assert.Equal(5, tracker.SettledAhead().Epoch);
    }

    private static Gen<(int Gap, bool IsSettled)[]> Runs { get; } = Gen.Choose(0, 400).SelectMany(count => Gen.Frequency(
            (8, Gen.Constant(0)), (1, Gen.Choose(1, 5)), (1, Gen.Choose(60, 200)), (1, Gen.Constant(1_000)))
        .SelectMany(gap => Gen.Frequency((3, Gen.Constant((gap, true))), (1, Gen.Constant((gap, false))))).ArrayOf(count));

    private static PartitionTracker Restored(IEnumerable<long> settled)
    {
        var words = new ulong[PartitionTracker.Window / 64];
        foreach (var offset in settled)
            words[(offset - First) / 64] |= 1UL << (int)((offset - First) % 64);
        return new PartitionTracker(new SettledBitmap(First, epoch: -1, words));
    }
}
