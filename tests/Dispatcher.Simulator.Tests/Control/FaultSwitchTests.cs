using Dispatcher.Simulator.Control;

namespace Dispatcher.Simulator.Tests.Control;

public sealed class FaultSwitchTests
{
    [Fact]
    public void A_fault_with_a_count_hits_that_often()
    {
        var faults = new FaultSwitch(() => 0);
        faults.Set(new Fault { Status = 503, Count = 2 });

        var hits = Enumerable.Range(0, 5).Select(_ => faults.Take("t") is not null);

        Assert.Equal([true, true, false, false, false], hits);
        Assert.Equal(2, Assert.Single(faults.Current).Struck);
    }

    [Theory]
    [InlineData(0.25, 0.24, true)]
    [InlineData(0.25, 0.25, false)]
    [InlineData(1, 0.999, true)]
    [InlineData(0, 0, false)]
    public void A_fault_hits_its_share(double probability, double chance, bool hit)
    {
        var faults = new FaultSwitch(() => chance);
        faults.Set(new Fault { Status = 503, Probability = probability });

        Assert.Equal(hit, faults.Take("t") is not null);
    }

    [Fact]
    public void A_fault_for_some_targets_leaves_the_others_and_its_count_alone()
    {
        var faults = new FaultSwitch(() => 0);
        faults.Set(new Fault { Status = 503, Count = 1, TokenPrefix = "abc" });

        Assert.Null(faults.Take("ABCD"));
        Assert.NotNull(faults.Take("abcd"));
    }

    [Fact]
    public void A_fault_set_later_is_not_ended_by_the_count_of_an_earlier_one()
    {
        var faults = new FaultSwitch(() => 0);
        faults.Set(new Fault { Status = 503, Count = 1 });
        faults.Take("t");

        faults.Set(new Fault { Status = 500 });

        Assert.Equal(500, faults.Take("t")?.Fault.Status);
    }

    [Fact]
    public void Faults_are_asked_in_order_until_one_hits()
    {
        var faults = new FaultSwitch(() => 0);
        faults.Set(new Fault { Status = 503, Count = 1 });
        Assert.True(faults.TryAdd(new Fault { Status = 500, TokenPrefix = "t" }));
        Assert.True(faults.TryAdd(new Fault { Status = 429 }));

        int?[] hits = [.. "ttu".Select(target => faults.Take([target])?.Fault.Status)];

        Assert.Equal([503, 500, 429], hits);
        Assert.Equal([(503, 1L), (500, 1L), (429, 1L)], faults.Current.Select(fault => (fault.Fault.Status, fault.Struck)));
    }

    [Fact]
    public void There_are_no_more_faults_than_can_be_asked_for_every_request()
    {
        var faults = new FaultSwitch(() => 0);

        var added = Enumerable.Range(0, FaultSwitch.MaxFaults + 1).Count(_ => faults.TryAdd(new Fault { Status = 503 }));

        Assert.Equal((FaultSwitch.MaxFaults, FaultSwitch.MaxFaults), (added, faults.Current.Count));
    }

    [Fact]
    public void A_strike_ends_when_its_fault_is_replaced_and_not_when_another_is_added()
    {
        var faults = new FaultSwitch(() => 0);
        faults.Set(new Fault { Kind = FaultKind.Stall });
        var strike = faults.Take("t");

        faults.TryAdd(new Fault { Status = 503 });
        Assert.False(strike!.Ended.IsCompleted);
        faults.Set(new Fault { Status = 500 });

        Assert.True(strike.Ended.IsCompletedSuccessfully);
    }

    [Fact]
    public void Struck_by_many_at_once_a_fault_still_hits_no_more_than_its_count()
    {
        var faults = new FaultSwitch(() => 0);
        faults.Set(new Fault { Status = 503, Count = 100 });

        var hits = 0;
        Parallel.For(0, 1000, _ => Interlocked.Add(ref hits, faults.Take("t") is null ? 0 : 1));

        Assert.Equal((100, 100L), (hits, faults.Current[0].Struck));
    }
}
