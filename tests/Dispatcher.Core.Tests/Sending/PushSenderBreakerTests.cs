using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Tests.Providers;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Sending;

/// <summary>An endpoint in trouble: pushes are held, nothing is burnt, one of them probes.</summary>
public sealed class PushSenderBreakerTests
{
    private static readonly SendOutcome Accepted = new SendOutcome.Accepted("provider-id");
    private static readonly SendOutcome Unavailable = new SendOutcome.Unavailable { Reason = "ServiceUnavailable", Status = 503 };

    /// <summary>Real time: a push that is held for ever must fail its test, not hang it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly SendingOptions Options = new()
    {
        QuickRetries = 0,
        BreakerMinimumAttempts = 4,
        BreakerFailureRatio = 0.5,
        BreakerWindow = TimeSpan.FromSeconds(10),
        BreakDuration = TimeSpan.FromSeconds(5),
    };

    private readonly FakeTimeProvider _time = new();
    private readonly Endpoint _endpoint;
    private readonly PushSender _sender;

    public PushSenderBreakerTests()
    {
        _endpoint = new Endpoint();
        _sender = UngatedSender.Create(_endpoint, Options, _time, () => 0);
    }

    [Fact]
    public async Task While_the_endpoint_is_down_pushes_are_held_and_nothing_is_burnt()
    {
        await OpenAsync(Unavailable);

        var held = await StartAsync(3);
        await AdvanceAsync(TimeSpan.FromSeconds(4.9));

        Assert.Equal(4, _endpoint.Calls);
        Assert.All(held, sending => Assert.False(sending.IsCompleted));
    }

    [Fact]
    public async Task A_held_push_probes_and_when_that_succeeds_all_go_on()
    {
        await OpenAsync(Unavailable);
        var held = await StartAsync(3);

        _endpoint.Answer = Accepted;
        await AdvanceAsync(Options.BreakDuration);

        Assert.All(await Task.WhenAll(held), report => Assert.Equal((Accepted, 1), (report.Outcome, report.Attempts)));
        Assert.Equal(7, _endpoint.Calls);
        Assert.Equal(Accepted, (await SendAsync()).Outcome);
    }

    [Fact]
    public async Task When_the_probe_fails_the_others_are_held_on()
    {
        await OpenAsync(Unavailable);
        var held = await StartAsync(3);

        await AdvanceAsync(Options.BreakDuration);

        Assert.Equal(Unavailable, (await await Task.WhenAny(held)).Outcome);
        Assert.Equal((5, 1), (_endpoint.Calls, held.Count(sending => sending.IsCompleted)));

        _endpoint.Answer = Accepted;
        await AdvanceAsync(Options.BreakDuration);

        Assert.Equal([0, 1, 1], (await Task.WhenAll(held)).Select(report => report.Outcome == Accepted ? 1 : 0).Order());
    }

    [Fact]
    public async Task A_quick_retry_that_finds_the_endpoint_down_is_held_too()
    {
        var sender = UngatedSender.Create(
            _endpoint,
            new() { QuickRetries = 2, BreakerMinimumAttempts = 2, BreakDuration = TimeSpan.FromSeconds(5) },
            _time,
            () => 0.5);
        _endpoint.Answer = Unavailable;

        var sending = await Task.Run(() => Task.FromResult(sender.SendAsync(Samples.ApnsPush(Samples.Hello), default).AsTask().WaitAsync(Patience)));
        await AdvanceAsync(TimeSpan.FromMilliseconds(150)); // the second failure opens the breaker,
        await _time.WaitForTimersAsync(); // which says so on a thread of its own
        await AdvanceAsync(TimeSpan.FromMilliseconds(300)); // the third is refused by it
        Assert.Equal((2, false), (_endpoint.Calls, sending.IsCompleted));

        _endpoint.Answer = Accepted;
        await AdvanceAsync(TimeSpan.FromSeconds(6));

        Assert.Equal((Accepted, 3), ((await sending).Outcome, (await sending).Attempts));
    }

    [Fact]
    public async Task A_push_that_expires_while_it_is_held_is_not_sent()
    {
        await OpenAsync(Unavailable);
        var held = await StartAsync(1, Samples.ApnsPush(Samples.Hello) with { AcceptedAt = _time.GetUtcNow(), TimeToLive = 3 });

        _endpoint.Answer = Accepted;
        await AdvanceAsync(Options.BreakDuration);

        var report = await held[0];
        Assert.Equal((OutcomeKind.Expired, 0, 4), (report.Outcome.Kind, report.Attempts, _endpoint.Calls));
        Assert.Null(report.FirstSentAt);
    }

    [Fact]
    public async Task A_push_given_up_while_it_is_held_is_no_outcome()
    {
        await OpenAsync(Unavailable);
        using var cancellation = new CancellationTokenSource();
        var held = await StartAsync(1, cancellationToken: cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held[0]);
        Assert.Equal(4, _endpoint.Calls);
    }

    [Fact]
    public async Task No_connection_opens_the_breaker_without_burning_an_attempt()
    {
        var reports = await OpenAsync(new SendOutcome.NotSent(EndpointAtFault: true) { Reason = "connect" });

        Assert.All(reports, report => Assert.Equal(0, report.Attempts));
        var held = await StartAsync(1);
        Assert.False(held[0].IsCompleted);
    }

    public static TheoryData<SendOutcome> SaysNothingBad =>
    [
        new SendOutcome.Rejected(),
        new SendOutcome.Unregistered(null),
        new SendOutcome.Throttled(ThrottleScope.App),
        new SendOutcome.Misconfigured(),
        new SendOutcome.NotSent(EndpointAtFault: false),
    ];

    [Theory]
    [MemberData(nameof(SaysNothingBad))]
    public async Task An_answer_that_says_nothing_bad_of_the_endpoint_leaves_the_breaker_closed(SendOutcome outcome)
    {
        _endpoint.Answer = outcome;

        foreach (var sending in await StartAsync(20))
            Assert.Equal(outcome, (await sending).Outcome);

        Assert.Equal(20, _endpoint.Calls);
    }

    /// <summary>One app's push that nobody can send must not stop the endpoint for all the others.</summary>
    [Fact]
    public async Task A_bug_leaves_the_breaker_closed()
    {
        _endpoint.Bug = new InvalidOperationException();

        foreach (var sending in await StartAsync(20))
            Assert.Equal(PushSender.Faulted, (await sending).Outcome.Reason);

        Assert.Equal(20, _endpoint.Calls);
    }

    [Fact]
    public async Task Too_few_failures_are_no_verdict()
    {
        _endpoint.Answer = Unavailable;

        Assert.Equal(Unavailable, (await SendAsync()).Outcome);
        Assert.Equal(Unavailable, (await SendAsync()).Outcome);
        Assert.Equal(Unavailable, (await SendAsync()).Outcome);
        await AdvanceAsync(Options.BreakerWindow + TimeSpan.FromSeconds(1));

        Assert.Equal(Unavailable, (await SendAsync()).Outcome);
        Assert.Equal(Unavailable, (await SendAsync()).Outcome);
    }

    [Fact]
    public async Task Attempts_that_were_given_up_are_no_verdict_either()
    {
        using var cancellation = new CancellationTokenSource();
        _endpoint.Answer = null;
        var sending = await StartAsync(20, cancellationToken: cancellation.Token);

        await cancellation.CancelAsync();
        _endpoint.Answer = Accepted;

        foreach (var given in sending)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.Equal(Accepted, (await SendAsync()).Outcome);
    }

    private async Task<SendReport[]> OpenAsync(SendOutcome outcome)
    {
        _endpoint.Answer = outcome;
        return await Task.WhenAll(await StartAsync(Options.BreakerMinimumAttempts));
    }

    private async Task<SendReport> SendAsync() => await (await StartAsync(1))[0];

    /// <summary>Starts pushes on a thread without a synchronization context: what can happen has happened when this returns.</summary>
    private Task<Task<SendReport>[]> StartAsync(int pushes, PushNotification? push = null, CancellationToken cancellationToken = default) => Task.Run(
        () => Enumerable.Range(0, pushes)
            .Select(_ => _sender.SendAsync(push ?? Samples.ApnsPush(Samples.Hello), cancellationToken).AsTask().WaitAsync(Patience))
            .ToArray(),
        CancellationToken.None);

    private Task AdvanceAsync(TimeSpan by) => Task.Run(() => _time.Advance(by));

    /// <summary>An endpoint whose answer can be changed; without one, it answers when the attempt ends.</summary>
    private sealed class Endpoint : IPushProvider
    {
        private int _calls;

        public SendOutcome? Answer { get; set; }

        public Exception? Bug { get; set; }

        public int Calls => Volatile.Read(ref _calls);

        public PushProblem? Problem(PushNotification push) => null;

        public async ValueTask<SendOutcome> SendAsync(PushNotification push, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            if (Bug is { } bug)
                throw bug;
            if (Answer is { } answer)
                return answer;
            var ended = new TaskCompletionSource();
            await using var registration = cancellationToken.Register(ended.SetResult);
            await ended.Task;
            return new SendOutcome.Ambiguous { Reason = "cancelled" };
        }
    }
}
