using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Core.Tests.Sending.Limits;

public sealed class AppBreakerTests
{
    private static readonly SendOutcome Accepted = new SendOutcome.Accepted("1");
    private static readonly SendOutcome Misconfigured = new SendOutcome.Misconfigured();
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly AppBreaker _breaker;

    public AppBreakerTests() => _breaker = new AppBreaker(Minute, Minute, _time);

    [Fact]
    public void One_refused_key_opens_it_at_once()
    {
        Assert.Equal(BreakerTurn.Opened, _breaker.Concluded(Pass(), Misconfigured));

        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal((AppBreaker.Parked, TimeSpan.FromSeconds(40)), Refusal());
    }

    [Fact]
    public void One_push_probes_and_the_others_are_refused_until_it_has_ended()
    {
        _breaker.Concluded(Pass(), Misconfigured);
        _time.Advance(Minute);

        var probe = Pass();
        Assert.Equal(AppBreaker.Parked, Refusal().Reason);
        Assert.True(Refusal().Wait > QuickRetry.LongestDelay);

        Assert.Equal(BreakerTurn.Closed, _breaker.Concluded(probe, Accepted));
        Assert.Null(_breaker.Reason);
        Pass();
        Pass();
    }

    [Fact]
    public void The_pause_doubles_up_to_ten_minutes_while_probes_fail_and_starts_over_when_one_did_not()
    {
        var pauses = new List<double>();
        for (var i = 0; i < 6; i++)
        {
            _breaker.Concluded(Pass(), Misconfigured);
            pauses.Add(_breaker.OpenFor.TotalMinutes);
            _time.Advance(_breaker.OpenFor);
        }

        Assert.Equal([1, 2, 4, 8, 10, 10], pauses);
        _breaker.Concluded(Pass(), Accepted);
        _breaker.Concluded(Pass(), Misconfigured);
        Assert.Equal(Minute, _breaker.OpenFor);
    }

    [Fact]
    public void What_had_left_before_it_opened_neither_doubles_the_pause_nor_closes_it()
    {
        int[] passes = [Pass(), Pass(), Pass()];
        _breaker.Concluded(passes[0], Misconfigured);

        Assert.Equal(BreakerTurn.None, _breaker.Concluded(passes[1], Misconfigured));
        Assert.Equal(BreakerTurn.None, _breaker.Concluded(passes[2], Accepted));

        Assert.Equal((AppBreaker.Parked, Minute), Refusal());
        Assert.False(_breaker.Holds(passes[1]));
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(null, 60)]
    [InlineData(1_000_000, 3600)]
    public void Too_fast_closes_the_app_for_as_long_as_the_provider_says(int? told, int expected)
    {
        _breaker.Concluded(Pass(), Throttled(ThrottleScope.App, told));

        Assert.Equal((AppBreaker.Throttled, TimeSpan.FromSeconds(expected)), Refusal());
    }

    [Fact]
    public void Too_fast_for_one_device_says_nothing_about_the_app()
    {
        Assert.Equal(BreakerTurn.None, _breaker.Concluded(Pass(), Throttled(ThrottleScope.Token, 60)));

        Assert.Null(_breaker.Reason);
    }

    [Fact]
    public void A_probe_that_proves_nothing_leaves_the_next_push_to_probe()
    {
        _breaker.Concluded(Pass(), Misconfigured);
        _time.Advance(Minute);

        Assert.Equal(BreakerTurn.None, _breaker.Concluded(Pass(), outcome: null));
        Assert.Equal(BreakerTurn.None, _breaker.Concluded(Pass(), new SendOutcome.Unavailable()));
        Assert.Equal(BreakerTurn.None, _breaker.Concluded(Pass(), new SendOutcome.Ambiguous()));
        Assert.Equal(BreakerTurn.Closed, _breaker.Concluded(Pass(), new SendOutcome.Rejected()));
    }

    [Fact]
    public void An_app_that_fails_alone_rests_and_each_probe_that_fails_doubles_the_pause_up_to_a_minute()
    {
        var rests = new List<int>();
        for (var probe = 0; probe < 5; probe++)
        {
            Assert.Equal(BreakerTurn.Opened, _breaker.Concluded(Pass(), new SendOutcome.Unavailable(), failsAlone: probe == 0));
            rests.Add((int)_breaker.OpenFor.TotalSeconds);
            Assert.Equal(AppBreaker.Failing, Refusal().Reason);
            _time.Advance(_breaker.OpenFor);
        }

        Assert.Equal([10, 20, 40, 60, 60], rests);
        Assert.Equal(BreakerTurn.Closed, _breaker.Concluded(Pass(), Accepted));
    }

    [Fact]
    public void Only_an_app_that_failed_alone_is_forgiven()
    {
        Assert.False(_breaker.Forgive());
        _breaker.Concluded(Pass(), new SendOutcome.Ambiguous(), failsAlone: true);
        Assert.True(_breaker.Forgive());
        _breaker.Concluded(Pass(), Misconfigured);

        Assert.False(_breaker.Forgive());
        Assert.Equal(AppBreaker.Parked, _breaker.Reason);
    }

    /// <summary>Invariant 10, the model: whatever happens, an open breaker lets through one push at a time, and none before the time is up.</summary>
    [Fact]
    public void While_open_never_more_than_one_push_is_through()
    {
        Prop.ForAll(Steps.Any<(byte Action, byte Seconds)>(), list =>
        {
            var time = new FakeTimeProvider();
            var breaker = new AppBreaker(Minute, Minute, time);
            var (passes, openUntil) = (new Queue<(int Pass, bool WhileOpen)>(), DateTimeOffset.MinValue);
            foreach (var (action, seconds) in list)
            {
                time.Advance(TimeSpan.FromSeconds(seconds));
                if (action % 3 == 0 && passes.TryDequeue(out var ended))
                {
                    SendOutcome?[] outcomes = [null, Accepted, Misconfigured, Throttled(ThrottleScope.App, 5), new SendOutcome.Unavailable()];
                    if (breaker.Concluded(ended.Pass, outcomes[action % 5], failsAlone: action % 2 == 0) == BreakerTurn.Opened)
                        openUntil = time.GetUtcNow() + breaker.OpenFor;
                    continue;
                }

                var isOpen = breaker.Reason is not null;
                if (!breaker.TryPass(out var pass, out _, out var wait))
                {
                    if (wait <= TimeSpan.Zero)
                        return false;
                    continue;
                }

                if (isOpen && (time.GetUtcNow() < openUntil || passes.Any(other => other.WhileOpen && breaker.Holds(other.Pass))))
                    return false;
                passes.Enqueue((pass, isOpen));
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    private static SendOutcome.Throttled Throttled(ThrottleScope scope, int? seconds) =>
        new(scope) { RetryAfter = seconds is { } told ? TimeSpan.FromSeconds(told) : null };

    private int Pass()
    {
        Assert.True(_breaker.TryPass(out var pass, out _, out _));
        return pass;
    }

    private (string? Reason, TimeSpan Wait) Refusal()
    {
        Assert.False(_breaker.TryPass(out _, out var reason, out var wait));
        return (reason, wait);
    }
}
