using Dispatcher.Core.Kafka;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class DueIdsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_known_can_be_asked_for_and_changed()
    {
        var ids = new DueIds<Guid, string>(10);
        var id = Id(1);

        ids.Set(id, Noon, "scheduled");
        ids.Set(id, Noon.AddHours(5), "cancelled");

        Assert.True(ids.TryGet(id, out var known));
        Assert.Equal(("cancelled", 1), (known, ids.Count));
        Assert.False(ids.TryGet(Id(2), out _));
        ids.ForgetDueBefore(Noon.AddMinutes(1)); // what was said first counts
        Assert.Equal(0, ids.Count);
    }

    [Fact]
    public void When_full_the_one_that_is_due_first_goes()
    {
        var ids = new DueIds<Guid, int>(3);
        foreach (var minute in (int[])[30, 10, 20])
            ids.Set(Id(minute), Noon.AddMinutes(minute), minute);

        ids.Set(Id(40), Noon.AddMinutes(40), 40);
        ids.Set(Id(5), Noon.AddMinutes(5), 5);

        Assert.Equal([20, 30, 40], Enumerable.Range(0, 50).Where(minute => ids.TryGet(Id(minute), out _)));
        Assert.Equal((3, 2L), (ids.Count, ids.Evicted));
    }

    /// <summary>Two instances that read partitions in another order still answer alike.</summary>
    [Fact]
    public void What_is_kept_does_not_depend_on_the_order()
    {
        int[] minutes = [.. Enumerable.Range(0, 500)];
        static IEnumerable<int> Kept(int[] order)
        {
            var ids = new DueIds<Guid, int>(100);
            foreach (var minute in order)
                ids.Set(Id(minute), Noon.AddMinutes(minute), minute);
            return order.Where(minute => ids.TryGet(Id(minute), out _)).Order();
        }

        var kept = Kept(minutes);

        Assert.Equal(Enumerable.Range(400, 100), kept);
        Assert.Equal(kept, Kept([.. minutes.Reverse()]));
        Assert.Equal(kept, Kept([.. minutes.OrderBy(minute => minute * 7919 % 503)]));
    }

    [Fact]
    public void What_was_due_long_ago_is_forgotten_by_the_minute()
    {
        var ids = new DueIds<Guid, int>(10);
        ids.Set(Id(1), Noon.AddSeconds(-1), 1);
        ids.Set(Id(2), Noon, 2);
        ids.Set(Id(3), Noon.AddSeconds(59), 3);

        ids.ForgetDueBefore(Noon.AddSeconds(30));

        Assert.Equal([2, 3], Enumerable.Range(1, 3).Where(minute => ids.TryGet(Id(minute), out _)));
        Assert.Equal(0, ids.Evicted);
    }

    private static Guid Id(int number) => new(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
