using System.Collections.Concurrent;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Tests.Consuming;

public sealed class PartitionTrackerTests
{
    [Fact]
    public void Nothing_may_be_committed_past_the_oldest_push_in_flight()
    {
        var tracker = Tracking(first: 100, count: 10);

        for (var offset = 101; offset < 110; offset++)
            tracker.Complete(offset);

        Assert.Equal(100, tracker.Advance());
        tracker.Complete(100);
        Assert.Equal(110, tracker.Advance());
    }

    [Fact]
    public void Offsets_that_never_come_count_as_settled()
    {
        var tracker = new PartitionTracker(0);
        tracker.TryAdd(5);
        tracker.TryAdd(900);

        tracker.Complete(900);
        Assert.Equal(5, tracker.Advance());
        tracker.Complete(5);
        Assert.Equal(901, tracker.Advance());
    }

    [Fact]
    public void A_full_window_refuses_until_the_oldest_push_has_ended()
    {
        var tracker = Tracking(first: 7, PartitionTracker.Window);

        Assert.False(tracker.TryAdd(7 + PartitionTracker.Window));
        tracker.Complete(8);
        Assert.False(tracker.TryAdd(7 + PartitionTracker.Window));
        tracker.Complete(7);
        Assert.True(tracker.TryAdd(7 + PartitionTracker.Window));
        Assert.Equal(9, tracker.Watermark);
    }

    [Fact]
    public void A_gap_wider_than_the_window_is_crossed_once_nothing_is_in_flight()
    {
        var tracker = Tracking(first: 0, count: 2);
        tracker.Complete(0);

        Assert.False(tracker.TryAdd(1_000_000));
        tracker.Complete(1);
        Assert.True(tracker.TryAdd(1_000_000));
        Assert.Equal(1_000_000, tracker.Advance());
    }

    [Fact]
    public void A_rewind_needs_a_new_tracker()
    {
        var tracker = Tracking(first: 10, count: 3);

        Assert.Throws<ArgumentOutOfRangeException>(() => tracker.TryAdd(12));
        Assert.Equal(13, tracker.Next);
    }

    [Fact]
    public void What_is_given_up_starts_nothing_more_and_finishes_what_it_started()
    {
        var tracker = Tracking(first: 0, count: 2);
        Assert.True(tracker.TryStart());

        tracker.Close();

        Assert.False(tracker.TryStart());
        Assert.False(tracker.IsDetached);
        Assert.Equal(1, tracker.Started);
        tracker.Complete(0);
        tracker.Finish();
        Assert.Equal((0, 1), (tracker.Started, tracker.Advance()));
    }

    /// <summary>Invariants 1 and 4 with real threads: completers race with the pump, which must never pass an offset that nobody completed.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Completions_from_many_threads_settle_everything_and_nothing_too_early(int completers)
    {
        const int Pushes = 300_000;
        var tracker = new PartitionTracker(0);
        var settled = new bool[Pushes];
        using var open = new BlockingCollection<long>(boundedCapacity: 4_000);
        var tasks = Enumerable.Range(0, completers).Select(index => Task.Run(() => Complete(index))).ToArray();

        var passed = 0L;
        for (var offset = 0L; offset < Pushes;)
        {
            if (tracker.TryAdd(offset))
                open.Add(offset++);
            passed = CheckPassed(passed);
        }

        open.CompleteAdding();
        await Task.WhenAll(tasks);
        CheckPassed(passed);
        Assert.Equal(Pushes, tracker.Watermark);

        void Complete(int index)
        {
            // Each holds some back and ends them out of order; but when none come any more, for the window may be full of what it holds.
            var held = new List<long>();
            while (!open.IsCompleted)
            {
                if (open.TryTake(out var offset, millisecondsTimeout: 10))
                {
                    held.Add(offset);
                    if (held.Count < 50 + (index * 10))
                        continue;
                }

                for (var i = held.Count - 1; i >= 0; i--)
                    End(held[i]);
                held.Clear();
            }

            held.ForEach(End);
        }

        void End(long offset)
        {
            Volatile.Write(ref settled[offset], true);
            tracker.Complete(offset);
        }

        long CheckPassed(long from)
        {
            var watermark = tracker.Advance();
            for (var offset = from; offset < watermark; offset++)
                Assert.True(Volatile.Read(ref settled[offset]), $"the watermark {watermark} passed {offset}, which nobody completed");
            return watermark;
        }
    }

    private static PartitionTracker Tracking(long first, int count)
    {
        var tracker = new PartitionTracker(first);
        for (var offset = first; offset < first + count; offset++)
            Assert.True(tracker.TryAdd(offset));
        return tracker;
    }
}
