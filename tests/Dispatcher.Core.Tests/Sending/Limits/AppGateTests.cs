using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Core.Tests.Sending.Limits;

public sealed class AppGateTests : IDisposable
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(60);
    private static readonly SendOutcome Accepted = new SendOutcome.Accepted("1");
    private static readonly ApnsApp Shop = new("shop", "acme", "com.example.shop", new ApnsKeyFile("TEAM000001", "KEY0000001", "/none.p8"), Sandbox: false);
    private static readonly PushNotification Push = new()
    {
        Id = Guid.Parse("019A5B00-AAAA-7BBB-8CCC-DDDDEEEEFFFF"),
        App = "shop",
        Target = Target.Token("7f3a"),
        AcceptedAt = DateTimeOffset.UnixEpoch,
    };

    private readonly FakeTimeProvider _time = new();
    private readonly RecordedMetrics _metrics = new();
    private readonly LimitOptions _options = new() { MinConcurrency = 2, MaxConcurrency = 2 };

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task A_push_enters_without_a_wait_and_leaves_its_permit_behind()
    {
        var gate = Gate();
        for (var i = 0; i < 10; i++)
        {
            var entry = await Now(gate.EnterAsync(Push, default));
            Assert.True(entry.IsEntered);
            Assert.Null(gate.Leave(entry, Push, Accepted, Latency, _time.GetTimestamp()));
        }

        Assert.Equal(["0 shop"], _metrics.Observe("dispatcher.app.in_flight"));
        Assert.Equal(["2 shop"], _metrics.Observe("dispatcher.app.concurrency_limit"));
    }

    [Fact]
    public async Task After_a_second_without_a_permit_it_is_refused()
    {
        var gate = Gate();
        await gate.EnterAsync(Push, default);
        await gate.EnterAsync(Push, default);
        var third = gate.EnterAsync(Push, default).AsTask();
        Assert.False(third.IsCompleted);

        _time.Advance(AppGate.LongestWait);

        Assert.Equal(AppGate.NoPermit, (await third).Reason);
        Assert.Equal(["1 shop NoPermit"], _metrics.Of("dispatcher.gate.refused"));
    }

    [Fact]
    public async Task Now_or_never_waits_ten_seconds_for_a_permit_because_it_can_wait_nowhere_else()
    {
        var gate = Gate();
        var first = await gate.EnterAsync(Push, default);
        await gate.EnterAsync(Push, default);
        var now = Push with { TimeToLive = 0 };
        var patient = gate.EnterAsync(now, default).AsTask();

        _time.Advance(AppGate.NowOrNeverWait - TimeSpan.FromMilliseconds(1));
        Assert.False(patient.IsCompleted);
        gate.Leave(first, Push, Accepted, Latency, _time.GetTimestamp());
        Assert.True((await patient).IsEntered);

        var hopeless = gate.EnterAsync(now, default).AsTask();
        _time.Advance(AppGate.NowOrNeverWait);
        Assert.Equal(AppGate.NoPermit, (await hopeless).Reason);
    }

    [Fact]
    public async Task A_token_of_the_rate_is_waited_for_and_beyond_a_second_refused()
    {
        var gate = Gate(new TokenBucket(2, 1, TimeSpan.Zero, _time));
        gate.Leave(await Now(gate.EnterAsync(Push, default)), Push, Accepted, Latency, _time.GetTimestamp());
        var second = gate.EnterAsync(Push, default).AsTask();
        Assert.False(second.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(0.6));
        Assert.True((await second).IsEntered);
        gate.Leave(await second, Push, Accepted, Latency, _time.GetTimestamp());

        _ = gate.EnterAsync(Push, default).AsTask();
        _ = gate.EnterAsync(Push, default).AsTask();
        var refused = await Now(gate.EnterAsync(Push, default));
        Assert.Equal(AppGate.RateLimited, refused.Reason);
        Assert.True(refused.RetryAfter > AppGate.LongestWait);
    }

    [Fact]
    public async Task What_asked_nothing_of_the_provider_gives_its_token_of_the_rate_back()
    {
        var gate = Gate(new TokenBucket(0.1, 1, TimeSpan.Zero, _time));
        for (var i = 0; i < 5; i++)
            gate.Leave(await Now(gate.EnterAsync(Push, default)), Push, i % 2 == 0 ? null : new SendOutcome.NotSent(), TimeSpan.Zero, _time.GetTimestamp());

        gate.Leave(await Now(gate.EnterAsync(Push, default)), Push, Accepted, Latency, _time.GetTimestamp());
        Assert.Equal(AppGate.RateLimited, (await Now(gate.EnterAsync(Push, default))).Reason);
    }

    [Fact]
    public async Task A_refused_key_parks_the_app()
    {
        var gate = Gate();

        var wait = gate.Leave(await Now(gate.EnterAsync(Push, default)), Push, new SendOutcome.Misconfigured { Reason = "InvalidProviderToken" }, Latency, _time.GetTimestamp());

        Assert.Equal(TimeSpan.FromMinutes(1), wait);
        Assert.Equal(new GateAnswer(AppBreaker.Parked, TimeSpan.FromMinutes(1), 0), await Now(gate.EnterAsync(Push, default)));
        Assert.Equal(["1 app shop"], _metrics.Observe("dispatcher.breaker.open"));
        Assert.Equal(["0 shop"], _metrics.Observe("dispatcher.app.in_flight"));
    }

    [Fact]
    public async Task A_probe_that_gets_no_permit_leaves_the_next_push_to_probe()
    {
        var gate = Gate();
        var hanging = await Now(gate.EnterAsync(Push, default));
        gate.Leave(await Now(gate.EnterAsync(Push, default)), Push, new SendOutcome.Misconfigured(), Latency, _time.GetTimestamp());
        _time.Advance(TimeSpan.FromMinutes(1));
        var probe = await Now(gate.EnterAsync(Push, default));
        gate.Leave(probe, Push, outcome: null, TimeSpan.Zero, _time.GetTimestamp());

        var next = await Now(gate.EnterAsync(Push, default));
        Assert.True(next.IsEntered);
        Assert.Equal(AppBreaker.Parked, (await Now(gate.EnterAsync(Push, default))).Reason);
        gate.Leave(hanging, Push, Accepted, TimeSpan.FromMinutes(1), _time.GetTimestamp()); // had left before: proves nothing
        Assert.Equal(AppBreaker.Parked, (await Now(gate.EnterAsync(Push, default))).Reason);
        gate.Leave(next, Push, Accepted, Latency, _time.GetTimestamp());
        Assert.True((await Now(gate.EnterAsync(Push, default))).IsEntered);
    }

    [Fact]
    public async Task Who_waits_for_a_permit_while_the_app_is_parked_is_parked_too()
    {
        var gate = Gate();
        var first = await Now(gate.EnterAsync(Push, default));
        await gate.EnterAsync(Push, default);
        var waiting = gate.EnterAsync(Push, default).AsTask();

        gate.Leave(first, Push, new SendOutcome.Misconfigured(), Latency, _time.GetTimestamp());

        var answer = await waiting;
        Assert.Equal(AppBreaker.Parked, answer.Reason);
        Assert.Equal(["1 shop"], _metrics.Observe("dispatcher.app.in_flight"));
    }

    [Fact]
    public async Task A_throttled_device_is_refused_and_others_are_not()
    {
        var gate = Gate();
        var throttled = new SendOutcome.Throttled(ThrottleScope.Token) { Reason = "TooManyRequests" };

        Assert.Equal(TimeSpan.FromSeconds(30), gate.Leave(await Now(gate.EnterAsync(Push, default)), Push, throttled, Latency, _time.GetTimestamp()));

        Assert.Equal(new GateAnswer(AppGate.TokenThrottled, TimeSpan.FromSeconds(30), 0), await Now(gate.EnterAsync(Push, default)));
        Assert.True((await Now(gate.EnterAsync(Push with { Target = Target.Token("beef") }, default))).IsEntered);
    }

    [Fact]
    public async Task A_wait_that_is_given_up_takes_nothing()
    {
        var gate = Gate();
        await gate.EnterAsync(Push, default);
        await gate.EnterAsync(Push, default);
        using var abort = new CancellationTokenSource();
        var waiting = gate.EnterAsync(Push, abort.Token).AsTask();

        await abort.CancelAsync();

        Assert.False((await waiting).IsEntered);
        Assert.Equal(["2 shop"], _metrics.Observe("dispatcher.app.in_flight"));
    }

    [Fact]
    public async Task A_free_passage_allocates_nothing()
    {
        var gate = Gate(new TokenBucket(1e6, 1e6, TimeSpan.Zero, _time));
        _time.Advance(TimeSpan.FromMinutes(1));
        var before = 0L;
        for (var i = 0; i < 1000; i++)
        {
            if (i == 100) // what is made once is made
                before = GC.GetAllocatedBytesForCurrentThread();
            gate.Leave(await gate.EnterAsync(Push, default), Push, Accepted, Latency, _time.GetTimestamp());
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static async Task<GateAnswer> Now(ValueTask<GateAnswer> entering)
    {
        Assert.True(entering.IsCompleted, "It waits.");
        return await entering;
    }

    private AppGate Gate(TokenBucket? rate = null) => new(Shop, rate, _options, _metrics.Sending, _time, NullLogger.Instance);
}
