using Confluent.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;

namespace Dispatcher.Worker.Tests.Engine;

/// <summary>
/// Invariant 14, Bulkhead: an app that fails all the time, in whatever way, stops neither another app's pushes nor their partition's offsets,
/// although more of its pushes were read first than a lane can hold.
/// </summary>
public sealed class BulkheadTests : IDisposable
{
    private const int Healthy = 100;

    private readonly LaneCluster _cluster = new(partitions: 2);
    private readonly ScriptedProvider _provider = new();
    private readonly Gate _gate = new();

    public void Dispose() => _cluster.Dispose();

    public static TheoryData<SendOutcome> Answers =>
    [
        new SendOutcome.Unavailable { Reason = "ServiceUnavailable", Status = 503 },
        new SendOutcome.Throttled(ThrottleScope.App) { Reason = "TooManyRequests", Status = 429 },
        new SendOutcome.Throttled(ThrottleScope.Token) { Reason = "TooManyRequests", Status = 429 },
        new SendOutcome.Misconfigured { Reason = "InvalidProviderToken", Status = 403 },
        new SendOutcome.NotSent(EndpointAtFault: true) { Reason = "connect" },
    ];

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Bulkhead_an_app_that_is_always_answered_badly(SendOutcome answer)
    {
        _provider.Answer = (push, _) => Task.FromResult(push.App == Samples.Ios ? answer : ScriptedProvider.Accepted);
        await AssertHealthyAppIsServedAsync(new SendingOptions { QuickRetries = 0 });
    }

    /// <summary>Each attempt ends without an answer: <see cref="SendOutcome.Ambiguous"/>.</summary>
    [Fact]
    public async Task Bulkhead_an_app_whose_attempts_time_out()
    {
        _provider.Answer = HangAsync;
        await AssertHealthyAppIsServedAsync(new SendingOptions { QuickRetries = 0, AttemptTimeout = TimeSpan.FromSeconds(1) });
    }

    /// <summary>Nothing comes back for longer than the test lasts, not even a timeout.</summary>
    [Fact]
    public async Task Bulkhead_an_app_that_hangs()
    {
        _provider.Answer = HangAsync;
        await AssertHealthyAppIsServedAsync(new SendingOptions { QuickRetries = 0, AttemptTimeout = TimeSpan.FromMinutes(2) });
        Assert.Equal(Healthy, _provider.Answered); // of the sick app's not one
        _gate.Open();
    }

    /// <summary>The lane is held only for the pushes of the endpoint that is down, although they alone would fill it more than twice.</summary>
    [Fact]
    public async Task Bulkhead_the_sandbox_that_is_down_does_not_stop_production()
    {
        _provider.Answer = (push, _) => Task.FromResult(
            push.App == Samples.Sandbox ? new SendOutcome.Unavailable { Reason = "ServiceUnavailable", Status = 503 } : ScriptedProvider.Accepted);
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);

        await _cluster.ProduceAsync(800, index => Samples.Push(index % 8 < 6 ? Samples.Sandbox : Samples.Ios));

        await _provider.AnsweredAsync(200);
        Assert.Equal(1, worker.Counters["dispatcher.breaker.opened"]);
    }

    /// <summary>Invariant 10: where everybody fails, that is no app's own trouble. The lane stands, nothing is burnt, and nothing goes to the tiers.</summary>
    [Fact]
    public async Task An_endpoint_that_is_down_for_everybody_makes_the_lane_stand()
    {
        var isDown = true;
        _provider.Answer = (_, _) => Task.FromResult(
            isDown ? new SendOutcome.Unavailable { Reason = "ServiceUnavailable", Status = 503 } : ScriptedProvider.Accepted);
        await using var worker = await TestWorker.StartAsync(
            _cluster, _provider, sending: new SendingOptions { QuickRetries = 0, BreakDuration = TimeSpan.FromSeconds(1) });

        var pushes = await _cluster.ProduceAsync(1_000, index => Samples.Push(index % 4 < 2 ? Samples.Ios : Samples.OtherIos));
        await Eventually.IsAsync(() => worker.Counters["dispatcher.breaker.opened"] >= 3, "the endpoint was probed more than once");

        var tried = _provider.Came.Values.Sum();
        Assert.InRange(tried, 20, 200); // what was in flight when it opened, and probes
        Assert.InRange(worker.Counters["dispatcher.pushes.delayed"], 0, tried);
        isDown = false;
        await _provider.AnsweredAsync(1_000);
        await _cluster.CommittedAllAsync(pushes);
    }

    private async Task<SendOutcome> HangAsync(PushNotification push, CancellationToken end)
    {
        if (push.App == Samples.Ios)
            await _gate.PassAsync(end);
        return ScriptedProvider.Accepted;
    }

    /// <summary>The first partition has the sick app's pushes in front, the second one none of them.</summary>
    private async Task AssertHealthyAppIsServedAsync(SendingOptions sending)
    {
        var options = TestWorker.Quick();
        options.DrainTimeout = TimeSpan.FromSeconds(1);
        var sick = options.QueuePushes + options.MaxInFlight + 100;
        await Task.WhenAll(Enumerable.Range(0, sick).Select(_ => _cluster.ProduceAsync(new Message<byte[]?, byte[]?> { Value = Samples.Encode(Samples.Push()) })));
        var healthy = await _cluster.ProduceAsync(Healthy, _ => Samples.Push(Samples.OtherIos));
        await using var worker = await TestWorker.StartAsync(_cluster, _provider, options, sending: sending);

        await _provider.AnsweredAsync(Healthy);

        Assert.All(healthy, push => Assert.True(_provider.HasAnswered(push.Push.Id)));
        await _cluster.CommittedAsync(0, healthy.Where(push => push.Partition == 1).Max(push => push.Offset) + 1);
    }
}
