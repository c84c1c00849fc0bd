using Dispatcher.Core.Sending.Limits;
using Dispatcher.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Core.Tests.Sending.Limits;

public sealed class AdaptiveLimitTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(30)]
    [InlineData(100)]
    [InlineData(400)]
    public void Converges_to_what_the_service_can_do(int places)
    {
        var limit = new AdaptiveLimit(10, 1000, 2, _time);
        var service = new SimulatedService(limit, _time) { Places = places };
        service.Run(TimeSpan.FromSeconds(30));

        var (rate, latency) = service.Run(TimeSpan.FromMinutes(1));

        var most = places / 0.2;
        Assert.InRange(rate, 0.95 * most, 1.01 * most);
        Assert.InRange(latency, 200, 2.2 * 200);
        Assert.InRange(limit.Current, places, 2.2 * places);
    }

    [Fact]
    public void A_long_overload_does_not_become_the_usual()
    {
        var limit = new AdaptiveLimit(10, 1000, 2, _time);
        var service = new SimulatedService(limit, _time);

        service.Run(TimeSpan.FromHours(1));

        Assert.InRange(limit.Current, 100, 220);
    }

    [Fact]
    public void Shrinks_to_its_minimum_while_everything_fails_and_recovers_afterwards()
    {
        var limit = new AdaptiveLimit(10, 1000, 2, _time);
        var service = new SimulatedService(limit, _time);
        service.Run(TimeSpan.FromSeconds(30));

        service.Fails = _ => true;
        service.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(10, limit.Current);

        service.Fails = _ => false;
        service.Run(TimeSpan.FromMinutes(1));
        Assert.InRange(limit.Current, 100, 220);
    }

    [Fact]
    public void A_service_that_stays_slower_is_found_to_be_so()
    {
        var limit = new AdaptiveLimit(10, 1000, 2, _time);
        var service = new SimulatedService(limit, _time);
        service.Run(TimeSpan.FromSeconds(30));

        service.Latency = TimeSpan.FromSeconds(1);
        service.Run(TimeSpan.FromMinutes(4));

        Assert.True(service.Run(TimeSpan.FromMinutes(1)).Rate > 0.85 * 100 / 1);
    }

    [Fact]
    public void A_latency_that_nobody_would_mind_is_no_trouble()
    {
        var limit = new AdaptiveLimit(10, 1000, 2, _time);
        var service = new SimulatedService(limit, _time) { Latency = TimeSpan.FromMilliseconds(5), Places = 10_000 };
        service.Run(TimeSpan.FromSeconds(5));

        service.Latency = TimeSpan.FromMilliseconds(240);
        service.Run(TimeSpan.FromSeconds(30));

        Assert.Equal(1000, limit.Current);
    }

    [Fact]
    public void One_failure_in_a_hundred_does_not_hold_back_the_others()
    {
        var limit = new AdaptiveLimit(10, 1000, 2, _time);
        var service = new SimulatedService(limit, _time) { Fails = number => number % 100 == 0 };
        service.Run(TimeSpan.FromSeconds(30));

        Assert.True(service.Run(TimeSpan.FromMinutes(1)).Rate > 0.9 * 100 / 0.2);
    }

    [Fact]
    public void One_answer_that_takes_ages_does_not_speak_for_ninety_nine_quick_ones()
    {
        var limit = Grown(to: 200);
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            limit.Ended(i == 50 ? TimeSpan.FromSeconds(14) : TimeSpan.FromMilliseconds(60), isTrouble: false, inFlight: 10, _time.GetTimestamp());
        }

        Assert.True(limit.Current >= 200);
    }

    [Fact]
    public void Grows_only_while_it_is_used()
    {
        var limit = new AdaptiveLimit(10, 1000, 2, _time);
        var service = new SimulatedService(limit, _time) { Demand = 290, Places = 1000 };

        service.Run(TimeSpan.FromMinutes(5));

        Assert.InRange(limit.Current, 500, 581);
    }

    [Fact]
    public void Shrinks_at_most_once_in_a_round_trip()
    {
        var limit = Grown(to: 200);
        var before = limit.Current;

        for (var i = 0; i < 150; i++)
            limit.Ended(TimeSpan.FromMilliseconds(60), isTrouble: true, inFlight: 200, _time.GetTimestamp());
        _time.Advance(TimeSpan.FromMilliseconds(60));
        limit.Ended(TimeSpan.FromMilliseconds(60), isTrouble: true, inFlight: 200, _time.GetTimestamp());

        Assert.InRange(limit.Current, (int)(before * 0.9) - 1, (int)(before * 0.9) + 1);
    }

    [Fact]
    public void Stays_within_its_bounds_whatever_happens()
    {
        Prop.ForAll(Steps.Any<(byte Step, ushort Latency, bool Trouble, byte InFlight)>(), list =>
        {
            var time = new FakeTimeProvider();
            var limit = new AdaptiveLimit(5, 50, 2, time);
            foreach (var (step, latency, trouble, inFlight) in list)
            {
                time.Advance(TimeSpan.FromMilliseconds(step));
                var before = limit.Current;
                limit.Ended(TimeSpan.FromMilliseconds(latency), trouble, inFlight, time.GetTimestamp());
                if (limit.Current is < 5 or > 50 || limit.Current < (int)(before * 0.9) - 1 || limit.Current > before + 1)
                    return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>
    /// The same answers, but with more trouble in them, never earn a higher limit; and trouble itself never raises it. All answers take the same
    /// time, for what is usual is learned from those without trouble, and sets when a round ends.
    /// </summary>
    [Fact]
    public void More_trouble_never_means_more_attempts() => Prop.ForAll(Steps.Any<(byte Step, bool Trouble, bool Worse, byte InFlight)>(), list =>
    {
        var time = new FakeTimeProvider();
        var (better, worse) = (new AdaptiveLimit(5, 500, 2, time), new AdaptiveLimit(5, 500, 2, time));
        var took = TimeSpan.FromMilliseconds(20); // far below what is slow: only trouble counts
        better.Ended(took, isTrouble: false, inFlight: 1, time.GetTimestamp());
        worse.Ended(took, isTrouble: false, inFlight: 1, time.GetTimestamp());
        foreach (var (step, isTrouble, isWorse, inFlight) in list)
        {
            time.Advance(TimeSpan.FromMilliseconds(step));
            var before = better.Current;
            better.Ended(took, isTrouble, inFlight * 2, time.GetTimestamp());
            worse.Ended(took, isTrouble || isWorse, inFlight * 2, time.GetTimestamp());
            if (isTrouble && better.Current > before)
                return false;
        }

        return worse.Current <= better.Current;
    }).QuickCheckThrowOnFailure();

    private AdaptiveLimit Grown(int to)
    {
        var limit = new AdaptiveLimit(10, 1000, 2, _time);
        while (limit.Current < to)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            limit.Ended(TimeSpan.FromMilliseconds(60), isTrouble: false, inFlight: limit.Current, _time.GetTimestamp());
        }

        _time.Advance(TimeSpan.FromMilliseconds(60));
        limit.Ended(TimeSpan.FromMilliseconds(60), isTrouble: false, inFlight: 1, _time.GetTimestamp()); // the round ends here
        return limit;
    }
}
