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
        App[] apps = [App("shop"), App("news"), App("shop-dev", isSandbox: true)];
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
        Assert.Equal(["1 endpoint apns.sandbox"], _metrics.Observe("dispatcher.breaker.open"));
        Assert.Equal(Hindrance.EndpointDown, _sender.Allowance("shop-dev").Hindrance);
        Assert.Equal(Hindrance.None, _sender.Allowance("shop").Hindrance);

        _provider.Answers.Clear();
        await ThroughAsync(held);
        Assert.Equal(Hindrance.None, _sender.Allowance("shop-dev").Hindrance);
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

    /// <summary>What fails for one app while it succeeds for another is the app's trouble: its connection's, its project's.</summary>
    [Fact]
    public async Task Bulkhead_an_app_that_fails_alone_does_not_open_the_breaker()
    {
        _provider.Says("shop", Unavailable);
        await SendAsync("shop", 5);

        for (var round = 0; round < 20; round++)
        {
            await SendAsync("news", 1);
            await SendAsync("shop", 20);
        }

        Assert.Equal((405, 20), (Attempts("shop"), Attempts("news")));
        Assert.Empty(_metrics.Observe("dispatcher.breaker.open"));
    }

    /// <summary>A start into the backlog of an app that fails: nobody has seen the endpoint serve anybody. The next push of another app finds out.</summary>
    [Fact]
    public async Task Bulkhead_where_only_one_app_was_tried_another_probes_first()
    {
        _provider.Says("shop", Unavailable);
        await SendAsync("shop", 20);
        var failing = Start("shop", 50);
        var healthy = Start("news", 50);

        _time.Advance(_options.BreakDuration + TimeSpan.FromMilliseconds(124));
        Assert.Equal(20, Attempts("shop")); // it failed: it comes a little later
        _time.Advance(TimeSpan.FromMilliseconds(1));

        await Task.WhenAll(healthy).WaitAsync(Deadline);
        await ThroughAsync(failing);
        await SendAsync("shop", 50);
        Assert.Equal(["0 endpoint apns.production"], _metrics.Observe("dispatcher.breaker.open"));
    }

    /// <summary>An app that is seldom used and was served a moment ago says nothing about an outage that began since.</summary>
    [Fact]
    public async Task A_success_of_before_the_failures_does_not_keep_the_breaker_closed()
    {
        await SendAsync("news", 1);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _provider.Says("shop", Unavailable);

        await SendAsync("shop", 19); // and the success makes twenty

        Assert.Equal(["1 endpoint apns.production"], _metrics.Observe("dispatcher.breaker.open"));
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
        Assert.Equal(["1 endpoint apns.production"], _metrics.Observe("dispatcher.breaker.open"));
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
        new(name, "acme", "com.example.shop", "TEAM000001", "KEY0000001", "/none.p8", isSandbox);
}
