using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Tests.Providers;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Sending;

/// <summary>
/// What happens to one push. Whatever is due happens inside <see cref="AdvanceAsync"/>: no test waits for anything. The breaker's
/// behaviour is in <see cref="PushSenderBreakerTests"/>.
/// </summary>
public sealed class PushSenderTests
{
    private static readonly SendOutcome Accepted = new SendOutcome.Accepted("provider-id");
    private static readonly SendOutcome Unavailable = new SendOutcome.Unavailable { Reason = "ServiceUnavailable", Status = 503 };
    private static readonly SendOutcome NotSent = new SendOutcome.NotSent { Reason = "noFreeStream" };

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task What_is_accepted_is_sent_once()
    {
        var provider = new ScriptedProvider(_time, Accepted);
        var push = Samples.ApnsPush(Samples.Hello);

        var report = await StartAsync(provider, push);

        Assert.Equal(new SendReport(Accepted, Attempts: 1, FirstSentAt: _time.GetUtcNow(), FirstFailedAt: null), await report);
        Assert.Same(push, provider.Push);
    }

    [Fact]
    public async Task What_may_pass_is_tried_again_after_a_wait_that_doubles()
    {
        var start = _time.GetUtcNow();
        var provider = new ScriptedProvider(_time, Unavailable, Unavailable, Accepted);

        var sending = await StartAsync(provider);
        await AdvanceAsync(TimeSpan.FromMilliseconds(150));
        await AdvanceAsync(TimeSpan.FromMilliseconds(300));

        Assert.Equal([start, start.AddMilliseconds(150), start.AddMilliseconds(450)], provider.Calls);
        Assert.Equal(new SendReport(Accepted, 3, FirstSentAt: start, FirstFailedAt: start), await sending);
    }

    [Fact]
    public async Task When_the_quick_retries_are_used_up_the_last_outcome_is_reported()
    {
        var provider = new ScriptedProvider(_time, Unavailable, new SendOutcome.Ambiguous { Reason = "reset" }, Unavailable, Accepted);

        var sending = await StartAsync(provider);
        await AdvanceAsync(TimeSpan.FromSeconds(2));

        var report = await sending;
        Assert.Equal((Unavailable, 3), (report.Outcome, report.Attempts));
        Assert.Equal(3, provider.Calls.Count);
    }

    /// <summary>The tiers have the patience, and the attempts are to last for more than one of them.</summary>
    [Fact]
    public async Task What_comes_back_from_a_delay_tier_has_one_request_and_no_quick_retries()
    {
        var provider = new ScriptedProvider(_time, NotSent, Unavailable, Accepted); // what never left is no request

        var sending = await StartAsync(provider, isRetry: true);
        await AdvanceAsync(TimeSpan.FromSeconds(2));

        var report = await sending;
        Assert.Equal((Unavailable, 1, 2), (report.Outcome, report.Attempts, provider.Calls.Count));
    }

    [Fact]
    public async Task What_never_left_burns_no_attempt()
    {
        var provider = new ScriptedProvider(_time, NotSent, NotSent, Accepted);

        var sending = await StartAsync(provider);
        await AdvanceAsync(TimeSpan.FromSeconds(2));

        var report = await sending;
        Assert.Equal((Accepted, 1, 3), (report.Outcome, report.Attempts, provider.Calls.Count));
    }

    [Fact]
    public async Task What_could_never_leave_is_reported_without_an_attempt()
    {
        var sending = await StartAsync(new ScriptedProvider(_time, NotSent));
        await AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal((NotSent, 0), ((await sending).Outcome, (await sending).Attempts));
    }

    [Fact]
    public async Task A_wait_that_was_asked_for_is_kept()
    {
        var start = _time.GetUtcNow();
        var provider = new ScriptedProvider(_time, Unavailable with { RetryAfter = TimeSpan.FromMilliseconds(900) }, Accepted);

        var sending = await StartAsync(provider);
        await AdvanceAsync(TimeSpan.FromMilliseconds(899));
        Assert.Single(provider.Calls);
        await AdvanceAsync(TimeSpan.FromMilliseconds(1));

        Assert.Equal([start, start.AddMilliseconds(900)], provider.Calls);
        Assert.Equal(Accepted, (await sending).Outcome);
    }

    [Fact]
    public async Task A_wait_longer_than_a_second_is_not_spent_here()
    {
        var told = Unavailable with { RetryAfter = TimeSpan.FromSeconds(2) };
        var provider = new ScriptedProvider(_time, told, Accepted);

        var report = await await StartAsync(provider);

        Assert.Equal((told, 1), (report.Outcome, report.Attempts));
        Assert.Equal(0, _time.ArmedTimers);
    }

    public static TheoryData<SendOutcome, int> Decided => new()
    {
        { new SendOutcome.Rejected { Reason = "BadDeviceToken", Status = 400 }, 1 },
        { new SendOutcome.Unregistered(null) { Reason = "Unregistered", Status = 410 }, 1 },
        { new SendOutcome.Throttled(ThrottleScope.Token) { Reason = "TooManyRequests", Status = 429 }, 1 },
        { new SendOutcome.Misconfigured { Reason = "InvalidProviderToken", Status = 403 }, 0 },
    };

    [Theory]
    [MemberData(nameof(Decided))]
    public async Task What_a_quick_retry_cannot_change_is_reported_at_once(SendOutcome outcome, int attempts)
    {
        var provider = new ScriptedProvider(_time, outcome, Accepted);

        var report = await await StartAsync(provider);

        Assert.Equal((outcome, attempts), (report.Outcome, report.Attempts));
        Assert.Single(provider.Calls);
    }

    [Fact]
    public async Task Without_quick_retries_there_are_none()
    {
        var provider = new ScriptedProvider(_time, Unavailable, Accepted);

        var report = await await StartAsync(provider, options: new() { QuickRetries = 0 });

        Assert.Equal((Unavailable, 1), (report.Outcome, report.Attempts));
    }

    [Theory]
    [InlineData("/apns/topic", "must be 'com.example.shop'", "/apns/topic")]
    [InlineData("/data/\u001b[2J", "is one of FCM's own keys", "/data/?[2J")]
    [InlineData("", "renders to 5000 bytes for APNs, which takes 4096", "renders to 5000 bytes for APNs, which takes 4096")]
    public async Task What_its_provider_would_never_take_is_rejected_without_an_attempt(string at, string message, string detail)
    {
        var provider = new ScriptedProvider(_time, Accepted) { Finds = () => new PushProblem(at, message) };

        var report = await await StartAsync(provider);

        Assert.Equal((new SendOutcome.Rejected { Reason = "invalid", Detail = detail }, 0, null), (report.Outcome, report.Attempts, report.FirstSentAt));
        Assert.Empty(provider.Calls);
    }

    /// <summary>A rule that throws must not make dead letters of everything: the push is tried again when it is repaired.</summary>
    [Fact]
    public async Task A_bug_of_the_rules_is_a_failed_attempt()
    {
        var provider = new ScriptedProvider(_time, Accepted) { Finds = () => throw new InvalidOperationException() };

        var report = await await StartAsync(provider);

        Assert.Equal((OutcomeKind.Unavailable, PushSender.Faulted, 1), (report.Outcome.Kind, report.Outcome.Reason, report.Attempts));
    }

    [Fact]
    public async Task What_has_expired_is_not_sent()
    {
        var provider = new ScriptedProvider(_time, Accepted);

        var report = await await StartAsync(provider, Push(timeToLive: 60) with { AcceptedAt = _time.GetUtcNow().AddSeconds(-60) });

        Assert.Equal(OutcomeKind.Expired, report.Outcome.Kind);
        Assert.Equal((0, null, null), (report.Attempts, report.FirstSentAt, report.FirstFailedAt));
        Assert.Empty(provider.Calls);
    }

    [Fact]
    public async Task What_is_now_or_never_is_sent_however_late()
    {
        var provider = new ScriptedProvider(_time, Accepted);

        var report = await await StartAsync(provider, Push(timeToLive: 0) with { AcceptedAt = _time.GetUtcNow().AddDays(-1) });

        Assert.Equal(Accepted, report.Outcome);
    }

    [Fact]
    public async Task An_attempt_has_a_deadline_and_the_provider_says_how_far_it_got()
    {
        var timedOut = new SendOutcome.Ambiguous { Reason = "timeout" };
        var provider = new ScriptedProvider(_time, token => UntilCancelledAsync(timedOut, token));

        var sending = await StartAsync(provider, options: new() { QuickRetries = 0, AttemptTimeout = TimeSpan.FromSeconds(10) });
        await AdvanceAsync(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.False(sending.IsCompleted);
        await AdvanceAsync(TimeSpan.FromTicks(1));

        Assert.Equal((timedOut, 1), ((await sending).Outcome, (await sending).Attempts));
    }

    [Fact]
    public async Task Each_attempt_has_its_own_deadline()
    {
        var provider = new ScriptedProvider(
            _time, token => UntilCancelledAsync(NotSent, token), _ => ValueTask.FromResult(Accepted));

        var sending = await StartAsync(provider, options: new() { AttemptTimeout = TimeSpan.FromMilliseconds(900) });
        await AdvanceAsync(TimeSpan.FromMilliseconds(900));
        await AdvanceAsync(TimeSpan.FromMilliseconds(150));

        Assert.Equal((Accepted, 1), ((await sending).Outcome, (await sending).Attempts));
    }

    /// <summary>Three timeouts in a row would hold a dispatch loop, and an offset, for 45 seconds.</summary>
    [Fact]
    public async Task After_a_timeout_there_is_no_quick_retry()
    {
        var timedOut = new SendOutcome.Ambiguous { Reason = "timeout" };
        var provider = new ScriptedProvider(_time, token => UntilCancelledAsync(timedOut, token), _ => ValueTask.FromResult(Accepted));

        var sending = await StartAsync(provider);
        await AdvanceAsync(TimeSpan.FromSeconds(15));

        Assert.Equal((timedOut, 1), ((await sending).Outcome, (await sending).Attempts));
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task Attempts_that_together_took_longer_than_a_second_have_no_quick_retry()
    {
        var timedOut = new SendOutcome.Ambiguous { Reason = "timeout" };
        var provider = new ScriptedProvider(_time, token => UntilCancelledAsync(timedOut, token));

        var sending = await StartAsync(provider, options: new() { QuickRetries = 5, AttemptTimeout = TimeSpan.FromMilliseconds(600) });
        await AdvanceAsync(TimeSpan.FromMilliseconds(600));
        await AdvanceAsync(TimeSpan.FromMilliseconds(150)); // within the second: a retry
        await AdvanceAsync(TimeSpan.FromMilliseconds(600)); // beyond it: none

        Assert.Equal((timedOut, 2), ((await sending).Outcome, (await sending).Attempts));
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(150, 1)]
    [InlineData(151, 2)]
    public async Task A_push_that_will_have_expired_by_then_has_no_quick_retry(int millisecondsLeft, int attempts)
    {
        var provider = new ScriptedProvider(_time, Unavailable, Accepted);

        var sending = await StartAsync(
            provider, Push(timeToLive: 60) with { AcceptedAt = _time.GetUtcNow().AddSeconds(-60).AddMilliseconds(millisecondsLeft) });
        await AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(attempts, (await sending).Attempts);
        Assert.Equal(attempts == 1 ? Unavailable : Accepted, (await sending).Outcome);
    }

    [Fact]
    public async Task What_is_now_or_never_has_one_request_and_again_only_what_never_left()
    {
        var provider = new ScriptedProvider(_time, NotSent, Unavailable, Accepted);

        var sending = await StartAsync(provider, Push(timeToLive: 0));
        await AdvanceAsync(TimeSpan.FromSeconds(2));

        var report = await sending;
        Assert.Equal((Unavailable, 1, 2), (report.Outcome, report.Attempts, provider.Calls.Count));
    }

    [Fact]
    public async Task A_push_given_up_before_it_was_sent_is_no_outcome()
    {
        var provider = new ScriptedProvider(_time, Accepted);
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        var sending = await StartAsync(provider, cancellationToken: cancellation.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Empty(provider.Calls);
    }

    [Fact]
    public async Task A_push_given_up_during_an_attempt_is_no_outcome()
    {
        using var cancellation = new CancellationTokenSource();
        var provider = new ScriptedProvider(_time, token => UntilCancelledAsync(new SendOutcome.Ambiguous(), token));

        var sending = await StartAsync(provider, cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Single(provider.Calls);
    }

    [Fact]
    public async Task A_final_answer_counts_even_when_the_push_was_given_up_meanwhile()
    {
        using var cancellation = new CancellationTokenSource();
        var provider = new ScriptedProvider(_time, token => UntilCancelledAsync(Accepted, token));

        var sending = await StartAsync(provider, cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();

        Assert.Equal((Accepted, 1), ((await sending).Outcome, (await sending).Attempts));
    }

    [Fact]
    public async Task A_push_given_up_between_attempts_is_no_outcome()
    {
        using var cancellation = new CancellationTokenSource();
        var provider = new ScriptedProvider(_time, Unavailable, Accepted);

        var sending = await StartAsync(provider, cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Single(provider.Calls);
    }

    /// <summary>Not by a quick retry, for a bug does not pass within a second; and it says what it was and nothing of what it choked on.</summary>
    [Fact]
    public async Task A_bug_is_a_failed_attempt_for_the_tiers()
    {
        var start = _time.GetUtcNow();
        var bug = new InvalidOperationException("of 7f3a7f3a");
        var provider = new ScriptedProvider(_time, _ => ValueTask.FromResult(Unavailable), _ => throw bug, _ => ValueTask.FromResult(Accepted));

        var sending = await StartAsync(provider);
        await AdvanceAsync(TimeSpan.FromSeconds(2));

        var report = await sending;
        var faulted = new SendOutcome.Unavailable { Reason = PushSender.Faulted, Detail = nameof(InvalidOperationException) };
        Assert.Equal(new SendReport(faulted, Attempts: 2, FirstSentAt: start, FirstFailedAt: start, Fault: bug), report);
        Assert.Equal(2, provider.Calls.Count);
    }

    /// <summary>A provider must not throw for the end of an attempt; one that does is no reason to leave the push open.</summary>
    [Fact]
    public async Task A_provider_that_throws_at_the_deadline_has_a_bug()
    {
        var provider = new ScriptedProvider(_time, async token =>
        {
            await UntilCancelledAsync(Accepted, token);
            throw new OperationCanceledException(token);
        });

        var sending = await StartAsync(provider);
        await AdvanceAsync(TimeSpan.FromSeconds(15));

        Assert.Equal((PushSender.Faulted, 1), ((await sending).Outcome.Reason, (await sending).Attempts));
    }

    private static PushNotification Push(int? timeToLive) => Samples.ApnsPush(Samples.Hello) with { TimeToLive = timeToLive };

    private static async ValueTask<SendOutcome> UntilCancelledAsync(SendOutcome outcome, CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task;
        return outcome;
    }

    /// <summary>Starts a push on a thread without a synchronization context: what can happen has happened when this returns.</summary>
    private Task<Task<SendReport>> StartAsync(
        ScriptedProvider provider,
        PushNotification? push = null,
        SendingOptions? options = null,
        bool isRetry = false,
        CancellationToken cancellationToken = default)
    {
        var sender = UngatedSender.Create(provider, options ?? new(), _time, () => 0.5);
        return Task.Run(
            () => Task.FromResult(sender
                .SendAsync(push ?? Samples.ApnsPush(Samples.Hello), isRetry ? 1 : 0, cancellationToken)
                .AsTask()
                .WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None)), // a push that is held for ever must fail, not hang
            CancellationToken.None);
    }

    /// <summary>Moves the clock on such a thread: what becomes due, and what follows from it, has happened when this returns.</summary>
    private Task AdvanceAsync(TimeSpan by) => Task.Run(() => _time.Advance(by));
}
