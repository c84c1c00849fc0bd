using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Core.Tests.Sending;

/// <summary>The sender with its gates: the order of protection, and that one app's trouble stays its own.</summary>
public sealed class PushSenderLimitsTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly RecordedMetrics _metrics = new();
    private readonly AnsweringProvider _provider;
    private readonly LimitOptions _limits = new() { MinConcurrency = 2, MaxConcurrency = 2 };
    private readonly SendingOptions _options = new() { BreakerMinimumAttempts = 10_000 };

    public PushSenderLimitsTests() => _provider = new AnsweringProvider(_time);

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task A_refusal_of_the_gate_burns_no_attempt_and_says_when_to_come_again()
    {
        var sender = Sender();
        _provider.Says("sick", new SendOutcome.Misconfigured { Reason = "InvalidProviderToken" });
        var first = await sender.SendAsync(Push("sick"), default);
        var second = await sender.SendAsync(Push("sick"), default);

        Assert.Equal(TimeSpan.FromMinutes(1), first.Outcome.RetryAfter);
        var refusal = Assert.IsType<SendOutcome.NotSent>(second.Outcome);
        Assert.Equal(("AppParked", TimeSpan.FromMinutes(1), false), (refusal.Reason, refusal.RetryAfter, refusal.EndpointAtFault));
        Assert.Equal((0, null), (second.Attempts, second.FirstSentAt));
        Assert.Single(_provider.Attempts);
    }

    [Fact]
    public async Task A_refusal_that_is_over_within_a_second_is_waited_for()
    {
        var sender = Sender();
        _provider.Says("sick", new SendOutcome.Throttled(ThrottleScope.App) { RetryAfter = TimeSpan.FromSeconds(2) });
        await sender.SendAsync(Push("sick"), default);
        _provider.Answers.Clear();
        _time.Advance(TimeSpan.FromSeconds(1.5));

        var report = await ThroughAsync(sender.SendAsync(Push("sick"), default).AsTask());

        Assert.IsType<SendOutcome.Accepted>(report.Outcome);
    }

    [Fact]
    public async Task A_push_that_waits_for_its_quick_retry_holds_no_permit()
    {
        var sender = Sender();
        _provider.Says("sick", new SendOutcome.Unavailable());

        var waiting = Enumerable.Range(0, 10).Select(_ => sender.SendAsync(Push("sick"), default).AsTask()).ToList();
        await _time.WaitForTimersAsync(10);

        Assert.Equal(10, _provider.Attempts.Count); // with two permits: each gave its own back before it waited
        Assert.Equal(["0 sick"], _metrics.Observe("dispatcher.app.in_flight"));
        Assert.DoesNotContain(waiting, push => push.IsCompleted);
    }

    [Fact]
    public async Task A_push_that_an_open_breaker_holds_holds_no_permit_and_no_token()
    {
        _options.BreakerMinimumAttempts = 2;
        _options.QuickRetries = 0;
        var sender = Sender();
        _provider.Says("sick", new SendOutcome.Unavailable());
        _provider.Says("well", new SendOutcome.Unavailable());
        await sender.SendAsync(Push("sick"), default);
        await sender.SendAsync(Push("well"), default);

        var held = Enumerable.Range(0, 10).Select(_ => sender.SendAsync(Push("sick"), default).AsTask()).ToList();
        await _time.WaitForTimersAsync(10);

        Assert.Equal(2, _provider.Attempts.Count);
        Assert.Equal(["0 sick", "0 well"], _metrics.Observe("dispatcher.app.in_flight").Order());
        Assert.Equal(["1 endpoint apns.production"], _metrics.Observe("dispatcher.breaker.open"));
        Assert.DoesNotContain(held, push => push.IsCompleted);
    }

    [Fact]
    public async Task Quick_retries_end_with_the_budget_and_free_ones_do_not()
    {
        _limits.RetryReserve = 0;
        _limits.RetryShare = 0.5;
        var sender = Sender();
        _provider.Says("sick", new SendOutcome.Unavailable());
        await sender.SendAsync(Push("sick"), default).AsTask().WaitAsync(Deadline);
        Assert.Single(_provider.Attempts); // half a retry is none
        Assert.Equal(["1 sick"], _metrics.Of("dispatcher.retries.refused"));

        var second = await ThroughAsync(sender.SendAsync(Push("sick"), default).AsTask());
        Assert.Equal(2, second.Attempts); // two halves are one

        _provider.Says("sick", new SendOutcome.NotSent { Reason = "RefusedStream" });
        var free = await ThroughAsync(sender.SendAsync(Push("sick"), default).AsTask());
        Assert.Equal(0, free.Attempts);
        Assert.Equal(6, _provider.Attempts.Count);
    }

    [Fact]
    public async Task An_app_that_fails_all_the_time_does_not_delay_another()
    {
        var sender = Sender();
        _provider.Says("sick", new SendOutcome.Unavailable());
        var sick = Enumerable.Range(0, 200).Select(_ => sender.SendAsync(Push("sick"), default).AsTask()).ToList();

        var well = Enumerable.Range(0, 200).Select(_ => sender.SendAsync(Push("well"), default)).ToList();

        Assert.All(well, push => Assert.True(push.IsCompletedSuccessfully)); // at once: the clock has not moved
        Assert.Contains(sick, push => !push.IsCompleted);
        await Task.WhenAll(well.Select(push => push.AsTask()));
    }

    [Fact]
    public async Task An_app_that_hangs_does_not_delay_another_and_is_soon_turned_away()
    {
        var sender = Sender();
        _provider.Says("sick", new SendOutcome.Accepted("late"), TimeSpan.FromSeconds(30));
        var sick = Enumerable.Range(0, 200).Select(_ => sender.SendAsync(Push("sick"), default).AsTask()).ToList();
        Assert.Equal(2, _provider.InFlight);

        for (var second = 0; second < 20; second++)
        {
            var well = sender.SendAsync(Push("well"), default);
            Assert.True(well.IsCompletedSuccessfully);
            Assert.IsType<SendOutcome.Accepted>((await well).Outcome);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        // Whoever could not have its turn within a second went away, so that its dispatch loop is free for others.
        var turnedAway = await Task.WhenAll(sick.Skip(2)).WaitAsync(Deadline);
        Assert.All(turnedAway, report => Assert.Equal(("NoPermit", 0), (report.Outcome.Reason, report.Attempts)));
    }

    [Fact]
    public async Task Attempts_are_measured_and_those_without_an_answer_counted_as_duplicate_risk()
    {
        _options.QuickRetries = 0;
        var sender = Sender();
        _provider.Says("sick", new SendOutcome.Accepted("late"), TimeSpan.FromSeconds(30));
        var hanging = sender.SendAsync(Push("sick"), default).AsTask();
        await sender.SendAsync(Push("well"), default);
        _time.Advance(_options.AttemptTimeout);
        await hanging.WaitAsync(Deadline);

        Assert.Equal(["0 apns well accepted", "15 apns sick ambiguous"], _metrics.Of("dispatcher.attempt.duration"));
        Assert.Equal(["1 apns sick"], _metrics.Of("dispatcher.attempts.duplicate_risk"));
    }

    [Fact]
    public async Task An_app_that_is_not_configured_has_no_gate_and_no_metric()
    {
        var sender = Sender();

        Assert.IsType<SendOutcome.Accepted>((await sender.SendAsync(Push("nobody"), default)).Outcome);

        Assert.Empty(_metrics.Of("dispatcher.attempt.duration"));
    }

    /// <summary>Lets the clock run for as long as a push waits.</summary>
    private async Task<SendReport> ThroughAsync(Task<SendReport> sending)
    {
        while (await Task.WhenAny(sending, _time.WaitForTimersAsync()) != sending)
            _time.Advance(TimeSpan.FromMilliseconds(100));
        return await sending;
    }

    private static PushNotification Push(string app) => new()
    {
        Id = Guid.Parse("019A5B00-AAAA-7BBB-8CCC-DDDDEEEEFFFF"),
        App = app,
        Target = Target.Token("7f3a"),
        AcceptedAt = DateTimeOffset.UnixEpoch,
    };

    private static ApnsApp App(string name) => new(name, "acme", "com.example.shop", new ApnsKeyFile("TEAM000001", "KEY0000001", "/none.p8"), Sandbox: false);

    private PushSender Sender() => new(
        _provider,
        new AppGates(Provider.Apns, [App("sick"), App("well")], _limits, _metrics.Sending, _time, NullLogger<AppGates>.Instance),
        _options,
        _metrics.Sending,
        _time,
        () => 0.5,
        NullLogger<PushSender>.Instance);
}
