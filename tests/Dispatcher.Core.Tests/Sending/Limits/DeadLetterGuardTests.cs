using Dispatcher.Core.Sending.Limits;
using Dispatcher.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Core.Tests.Sending.Limits;

public sealed class DeadLetterGuardTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_success_pays_for_one_dead_letter()
    {
        var guard = new DeadLetterGuard(10, Interval, _time);
        Assert.False(guard.TryTake());

        guard.Succeeded();

        Assert.True(guard.TryTake());
        Assert.False(guard.TryTake());
    }

    [Fact]
    public void An_outage_empties_no_topic()
    {
        var guard = new DeadLetterGuard(10, Interval, _time);
        var taken = 0;
        for (var minute = 0; minute < 60; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            while (guard.TryTake())
                taken++;
        }

        Assert.Equal(12, taken);
    }

    [Fact]
    public void Credits_are_capped_however_long_all_went_well()
    {
        var guard = new DeadLetterGuard(10, Interval, _time);
        Parallel.For(0, 10_000, _ => guard.Succeeded());

        var taken = 0;
        while (guard.TryTake())
            taken++;

        Assert.Equal(10, taken);
    }

    /// <summary>Invariant 10 (an outage grows no dead letters), the model: a number with a cap, and one free per interval that is not saved up.</summary>
    [Fact]
    public void Behaves_as_a_capped_number()
    {
        Prop.ForAll(Steps.Any<(bool Succeeds, byte Seconds)>(), list =>
        {
            var time = new FakeTimeProvider();
            var guard = new DeadLetterGuard(3, TimeSpan.FromSeconds(300), time);
            var (credits, sinceFree) = (0, 0);
            foreach (var (succeeds, seconds) in list)
            {
                time.Advance(TimeSpan.FromSeconds(seconds));
                sinceFree += seconds;
                if (succeeds)
                {
                    guard.Succeeded();
                    credits = Math.Min(3, credits + 1);
                    continue;
                }

                var expected = credits > 0 || sinceFree >= 300;
                if (credits > 0)
                    credits--;
                else if (expected)
                    sinceFree = 0;
                if (guard.TryTake() != expected)
                    return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }
}
