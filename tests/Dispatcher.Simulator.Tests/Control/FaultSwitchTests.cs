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
        Assert.Null(faults.Current);
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

        Assert.Equal(500, faults.Take("t")?.Status);
    }
}
