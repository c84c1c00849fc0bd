using Dispatcher.Core.Apps;
using Dispatcher.Core.Kafka.Backlogs;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Core.Tests.Sending.Limits;

/// <summary>Limits change while pushes are behind gates: bounds are other ones, and what was learnt, or is on its way, stays.</summary>
public sealed class AppGatesReloadTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordedMetrics _metrics = new();

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task Gates_that_are_there_and_gates_that_are_made_later_have_the_new_limits()
    {
        var gates = Gates(new LimitOptions());
        var gate = gates.Find("shop")!;
        var entries = new List<GateAnswer>();
        for (var i = 0; i < 20; i++)
            entries.Add(await gate.EnterAsync(Push(i), default));

        gates.Adopt(new LimitOptions { MinConcurrency = 2, MaxConcurrency = 5 });

        Assert.Same(gate, gates.Find("shop"));
        Assert.Equal((5, 5), (gate.Concurrency, gates.Find("news")!.Concurrency));
        Assert.All(entries, entry => Assert.True(entry.IsEntered, "who is in stays in"));
        for (var i = 0; i < 16; i++)
            gate.Leave(entries[i], Push(i), new SendOutcome.Accepted("id"), TimeSpan.FromMilliseconds(10), _time.GetTimestamp());
        Assert.True((await gate.EnterAsync(Push(20), default)).IsEntered, "four were left, and five may be");
    }

    [Fact]
    public void A_rate_comes_goes_and_changes_and_none_of_it_is_a_fresh_burst()
    {
        var bucket = new TokenBucket(double.PositiveInfinity, double.PositiveInfinity, TimeSpan.Zero, _time);
        Assert.True(bucket.TryTake(out _));
        Assert.Null(bucket.Tokens);

        bucket.Adopt(10, 10, TimeSpan.Zero);
        Assert.Equal(1, TakeAll(bucket));
        _time.Advance(TimeSpan.FromSeconds(1));
        bucket.Adopt(2, 4, TimeSpan.Zero);
        Assert.Equal(4, TakeAll(bucket));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, TakeAll(bucket));

        bucket.Adopt(double.PositiveInfinity, double.PositiveInfinity, TimeSpan.Zero);
        bucket.GiveBack();
        Assert.True(bucket.TryTake(out _));
        bucket.Adopt(10, 10, TimeSpan.Zero);
        Assert.Equal(1, TakeAll(bucket));
    }

    [Fact]
    public void Pauses_budgets_and_credits_follow()
    {
        var breaker = new AppBreaker(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), _time);
        breaker.Adopt(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));
        Assert.True(breaker.TryPass(out var pass, out _, out _));
        breaker.Concluded(pass, new SendOutcome.Misconfigured { Reason = "x" });
        Assert.Equal(TimeSpan.FromSeconds(5), breaker.OpenFor);

        var budget = new RetryBudget(0, 0, _time);
        Assert.False(budget.TrySpend());
        budget.Adopt(1, 0);
        budget.FirstAttempt(_time.GetTimestamp());
        Assert.True(budget.TrySpend());

        var guard = new DeadLetterGuard(1, TimeSpan.FromHours(1), _time);
        guard.Adopt(2, TimeSpan.FromSeconds(1));
        guard.Succeeded();
        guard.Succeeded();
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => guard.TryTake()));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(guard.TryTake());

        var devices = new TokenBackoff(TimeSpan.FromMinutes(1), _time);
        devices.Adopt(TimeSpan.FromSeconds(7));
        Assert.Equal(TimeSpan.FromSeconds(7), devices.Throttled("device", null));
    }

    [Fact]
    public void A_retry_is_decided_by_the_options_of_that_moment()
    {
        var decision = new RetryDecision(new RetryOptions { MaxAttempts = 2, UnknownAppGrace = TimeSpan.Zero }, [TimeSpan.FromSeconds(1)]);
        var (now, failed) = (_time.GetUtcNow(), new SendOutcome.Unavailable { Reason = "x" });
        RetryStep Next() => decision.Next(Push(0), failed, new RetryHistory(2, 1, now), now, 0.5).Step;
        Assert.Equal((RetryStep.Exhaust, false), (Next(), decision.WaitsForApp(now, now)));

        decision.Adopt(new RetryOptions { MaxAttempts = 3 });

        Assert.Equal((RetryStep.Delay, true), (Next(), decision.WaitsForApp(now, now)));
    }

    [Fact]
    public void Backlog_bounds_come_and_go_and_what_was_let_in_counts_on()
    {
        var lane = new LaneBacklog(new BacklogOptions { MaxPushes = 1000 }, 1, _time);
        Assert.True(lane.TryEnter(600, 0));

        lane.Adopt(new BacklogOptions { MaxPushes = 700 }, 1);
        Assert.False(lane.TryEnter(101, 0));
        Assert.True(lane.TryEnter(100, 0));
        lane.Adopt(new BacklogOptions(), 1);
        Assert.True(lane.TryEnter(1_000_000, 0));
    }

    private static int TakeAll(TokenBucket bucket)
    {
        var taken = 0;
        while (bucket.TryTake(out _))
            taken++;
        return taken;
    }

    private AppGates Gates(LimitOptions options) =>
        new(Provider.Apns, [App("shop"), App("news")], options, _metrics.Sending, _time, NullLogger<AppGates>.Instance);

    private static ApnsApp App(string name) =>
        new(name, "acme", "com.example", new ApnsKeyFile("TEAM000001", "KEY0000001", "/none.p8"), Sandbox: false);

    private static PushNotification Push(int device) => new()
    {
        Id = Guid.Parse("019A5B00-AAAA-7BBB-8CCC-DDDDEEEEFFFF"),
        App = "shop",
        Target = Target.Token($"7f3a{device}"),
        AcceptedAt = DateTimeOffset.UnixEpoch,
    };
}
