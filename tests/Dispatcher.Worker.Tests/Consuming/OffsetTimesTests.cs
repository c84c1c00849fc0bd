using Dispatcher.Worker.Consuming;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Worker.Tests.Consuming;

public sealed class OffsetTimesTests
{
    private readonly OffsetTimes _times = new();

    private static Gen<List<(int Gap, int Later, int Settled)>> Steps =>
        from steps in Gen.ListOf(
            from gap in Gen.Choose(1, 3)
            from later in Gen.Choose(-200, 300)
            from settled in Gen.Choose(0, 3)
            select (gap, later, settled))
        select steps.ToList();

    /// <summary>Producers' clocks differ, so times go back as well.</summary>
    [Fact]
    public void The_time_at_a_watermark_is_right_to_within_the_resolution_wherever_it_stands() =>
        Prop.ForAll(Arb.From(Steps), steps =>
        {
            var (times, records, next, time, open) = (new OffsetTimes(), new List<(long Offset, long Time)>(), 100L, 1_000_000L, 0);
            foreach (var (gap, later, settled) in steps)
            {
                time += later;
                times.Add(next, time, open < records.Count ? records[open].Offset : next);
                records.Add((next, time));
                next += gap;
                open = Math.Min(records.Count - 1, open + settled);
                if (Math.Abs(times.At(records[open].Offset) - records[open].Time) >= OffsetTimes.Resolution)
                    return false;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void As_many_records_as_may_be_open_are_kept_and_no_more()
    {
        for (var offset = 0L; offset < 4 * PartitionTracker.Window; offset++)
            _times.Add(offset, offset * OffsetTimes.Resolution, Math.Max(0, offset - PartitionTracker.Window + 1));

        Assert.InRange(_times.Count, 1, PartitionTracker.Window);
    }

    [Fact]
    public void Records_of_one_time_share_a_mark_and_allocate_nothing()
    {
        var before = 0L;
        for (var offset = 0L; offset < 100_000; offset++)
        {
            if (offset == 1_000) // what is made once is made
                before = GC.GetAllocatedBytesForCurrentThread();
            _times.Add(offset, offset / 100, offset - 10);
            if (offset % 256 == 0)
                _times.At(Math.Max(0, offset - 10));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
