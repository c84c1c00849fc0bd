using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Core.Tests.Sending;

/// <summary>
/// Several endpoints and several apps of one: what is down together is held together, and nothing else. Invariant 14, Bulkhead, and 10:
/// while a breaker is open no attempt is made.
/// </summary>
public sealed class PushSenderEndpointTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly SendOutcome Unavailable = new SendOutcome.Unavailable { Reason = "ServiceUnavailable", Status = 503 };

    private readonly FakeTimeProvider _time = new();
    private readonly RecordedMetrics _metrics = new();
    private readonly AnsweringProvider _provider;
    private readonly SendingOptions _options = new() { QuickRetries = 0 };
    private readonly PushSender _sender;

    public PushSenderEndpointTests()
    {
        _provider = new AnsweringProvider(_time);
        App[] apps = [App("shop"), App("news"), App("games"), App("shop-dev", isSandbox: true)];
        _sender = new PushSender(
            _provider,
            new AppGates(Provider.Apns, apps, new LimitOptions(), _metrics.Sending, _time, NullLogger<AppGates>.Instance),
            _options,
            _metrics.Sending,
            _time,
            () => 0.5,
            NullLogger<PushSender>.Instance);
    }

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task Bulkhead_the_sandbox_that_is_down_does_not_stop_production()
    {
        _provider.Says("shop-dev", Unavailable);
        await SendAsync("shop-dev", 20);

        var held = Start("shop-dev", 3);
        await SendAsync("shop", 100);

        Assert.Equal((20, 100), (Attempts("shop-dev"), Attempts("shop")));
        Assert.All(held, push => Assert.False(push.IsCompleted));
        await OpenedAsync("apns.sandbox");
        Assert.Equal(Hindrance.EndpointDown, _sender.Allowance("shop-dev").Hindrance);
        Assert.Equal(Hindrance.None, _sender.Allowance("shop").Hindrance);

        _provider.Answers.Clear();
        await ThroughAsync(held);
        await UntilAsync(() => _sender.Allowance("shop-dev").Hindrance == Hindrance.None);
    }

    [Fact]
    public async Task Production_that_is_down_is_so_for_all_its_apps()
    {
        _provider.Says("shop", Unavailable);
        _provider.Says("news", Unavailable);
        await SendAsync("shop", 10);
        await SendAsync("news", 10);

        var held = Start("news", 1);
        await SendAsync("shop-dev", 1);

        Assert.False(held[0].IsCompleted);
        Assert.Equal(10, Attempts("news"));
    }

    /// <summary>What fails for one app while it succeeds for another is the app's trouble: its connection's, its project's. Its pushes rest, unburnt.</summary>
    [Fact]
    public async Task Bulkhead_an_app_that_fails_alone_is_parked_and_no_other_notices()
    {
        _provider.Says("shop", Unavailable);

        var first = await SendAsync("shop", 20);
        var parked = await SendAsync("shop", 500);
        var healthy = Start("news", 500);

        Assert.All(healthy, push => Assert.True(push.IsCompletedSuccessfully)); // at once: the clock has not moved
        Assert.All(first, report => Assert.Equal((Unavailable, 1), (report.Outcome, report.Attempts)));
        Assert.All(parked, report => Assert.Equal(("AppFailing", 0), (report.Outcome.Reason, report.Attempts)));
        Assert.Equal(["1 app shop"], _metrics.Observe("dispatcher.breaker.open"));
        await Task.WhenAll(healthy);
    }

    [Fact]
    public async Task An_app_that_failed_alone_is_probed_after_a_pause_that_doubles()
    {
        _provider.Says("shop", Unavailable);
        await SendAsync("shop", 20);

        _time.Advance(AppBreaker.FailingPause);
        var probe = (await SendAsync("shop", 1))[0];
        var refused = (await SendAsync("shop", 1))[0];
        Assert.Equal((1, 0), (probe.Attempts, refused.Attempts));
        Assert.Equal(AppBreaker.FailingPause * 2, refused.Outcome.RetryAfter);

        _provider.Answers.Clear();
        _time.Advance(AppBreaker.FailingPause * 2);
        Assert.All(await SendAsync("shop", 20), report => Assert.IsType<SendOutcome.Accepted>(report.Outcome));
        Assert.Equal(["0 app shop"], _metrics.Observe("dispatcher.breaker.open"));
    }

    /// <summary>The second app that fails shows that the first did not fail alone: now all pushes of the endpoint are held, and none is burnt.</summary>
    [Fact]
    public async Task When_a_second_app_fails_the_endpoint_is_down_and_the_first_is_not_parked_any_more()
    {
        _provider.Says("shop", Unavailable);
        _provider.Says("news", Unavailable);
        await SendAsync("shop", 20);
        Assert.Equal(Hindrance.None, _sender.Allowance("shop").Hindrance);

        await SendAsync("news", 1);

        await UntilAsync(() => _sender.Allowance("shop").Hindrance == Hindrance.EndpointDown);
        var held = Start("shop", 3);
        Assert.All(held, push => Assert.False(push.IsCompleted));
        Assert.Equal((20, 1), (Attempts("shop"), Attempts("news")));

        _provider.Answers.Clear();
        await ThroughAsync(held);
        Assert.Equal(23, Attempts("shop"));
    }

    /// <summary>What fails for one may succeed for another, so another's push is the better probe.</summary>
    [Fact]
    public async Task An_app_that_did_not_fail_probes_first()
    {
        await Production_that_is_down_is_so_for_all_its_apps();
        var failing = Start("shop", 5);
        var other = Start("games", 1);
        _provider.Answers.Remove("shop", out _);

        _time.Advance(_options.BreakDuration + TimeSpan.FromMilliseconds(124));
        Assert.Equal(10, Attempts("shop"));
        _time.Advance(TimeSpan.FromMilliseconds(1));

        await Task.WhenAll(other).WaitAsync(Deadline);
        Assert.Equal(10, Attempts("shop"));
        await ThroughAsync(failing);
    }

    /// <summary>An app that is seldom used and was served a moment ago says nothing about an outage that began since.</summary>
    [Fact]
    public async Task A_success_of_before_the_failures_does_not_keep_the_breaker_closed()
    {
        await SendAsync("games", 1);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _provider.Says("shop", Unavailable);
        _provider.Says("news", Unavailable);

        await SendAsync("shop", 10);
        await SendAsync("news", 9); // and the success makes twenty

        await OpenedAsync("apns.production");
    }

    /// <summary>Most of everything fails, for everybody: the last answer of an app may be a success and says little.</summary>
    [Fact]
    public async Task Partial_trouble_of_all_apps_is_the_endpoint_s()
    {
        var answers = 0;
        Func<(SendOutcome, TimeSpan)> answer = () =>
            (answers++ % 10 < 8 ? Unavailable : new SendOutcome.Accepted("id"), TimeSpan.Zero);
        _provider.Answers["shop"] = answer;
        _provider.Answers["news"] = answer;

        var sent = Enumerable.Range(0, 200).Select(round => _sender.SendAsync(Push(round % 3 == 0 ? "shop" : "news"), default).AsTask()).ToList();

        Assert.Contains(sent, push => !push.IsCompleted);
        await OpenedAsync("apns.production");
    }

    [Fact]
    public async Task An_app_whose_attempts_do_not_come_back_is_silent()
    {
        _provider.Says("shop", new SendOutcome.Accepted("late"), TimeSpan.FromSeconds(10));
        var hanging = Start("shop", 2);
        Assert.Equal(Hindrance.None, _sender.Allowance("shop").Hindrance);

        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(Hindrance.Silence, _sender.Allowance("shop").Hindrance);
        Assert.InRange(_sender.Allowance("shop").Limit, 1, 100);
        Assert.Equal(Hindrance.None, _sender.Allowance("news").Hindrance);

        _time.Advance(TimeSpan.FromSeconds(10));
        await Task.WhenAll(hanging).WaitAsync(Deadline);
        Assert.Equal(Hindrance.None, _sender.Allowance("shop").Hindrance);
    }

    /// <summary>The attempts that open it are on their way.</summary>
    private Task OpenedAsync(string endpoint) => UntilAsync(() => _metrics.Observe("dispatcher.breaker.open").SequenceEqual([$"1 endpoint {endpoint}"]));

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        while (!isSo())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private Task<SendReport>[] Start(string app, int pushes) =>
        [.. Enumerable.Range(0, pushes).Select(_ => _sender.SendAsync(Push(app), default).AsTask())];

    private Task<SendReport[]> SendAsync(string app, int pushes) => Task.WhenAll(Start(app, pushes)).WaitAsync(Deadline);

    private int Attempts(string app) => _provider.Attempts.Count(attempt => attempt == app);

    /// <summary>Lets the clock run for as long as pushes wait.</summary>
    private async Task ThroughAsync(Task<SendReport>[] sending)
    {
        var all = Task.WhenAll(sending);
        while (await Task.WhenAny(all, _time.WaitForTimersAsync()) != all)
            _time.Advance(TimeSpan.FromMilliseconds(100));
        await all;
    }

    private static PushNotification Push(string app) => new()
    {
        Id = Guid.Parse("019A5B00-AAAA-7BBB-8CCC-DDDDEEEEFFFF"),
        App = app,
        Target = Target.Token("7f3a"),
        AcceptedAt = DateTimeOffset.UnixEpoch,
    };

    private static ApnsApp App(string name, bool isSandbox = false) =>
        new(name, "acme", "com.example.shop", new ApnsKeyFile("TEAM000001", "KEY0000001", "/none.p8"), isSandbox);
}
