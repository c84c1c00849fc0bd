using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Dispatching;
using Dispatcher.Worker.Tests.Consuming;
using Dispatcher.Worker.Tests.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Worker.Tests.Dispatching;

/// <summary>Pushes wait, and something happens meanwhile.</summary>
public sealed class DelayTroubleTests : IDisposable
{
    /// <summary>Nobody's fault: it makes no breaker open and no app or device rest.</summary>
    private static readonly SendOutcome NotNow = new SendOutcome.NotSent { Reason = "noFreeStream", RetryAfter = TimeSpan.FromSeconds(2) };

    private readonly LaneCluster _cluster = new(delayTiers: "1s,2s");
    private readonly ScriptedProvider _provider = new();

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task A_worker_that_stops_loses_no_push_that_waits()
    {
        const int count = 50;
        _provider.Answer = (push, _) => Task.FromResult(_provider.Came[push.Id] == 1 ? NotNow : ScriptedProvider.Accepted);
        var first = await TestWorker.StartAsync(_cluster, _provider);
        var pushes = await _cluster.ProduceAsync(count);
        await _cluster.CommittedAllAsync(pushes); // all are in the tier by now
        await first.DisposeAsync();

        await using var second = await TestWorker.StartAsync(_cluster, _provider);

        await _provider.AnsweredAsync(count);
        var results = await _cluster.ResultsAsync(count);
        Assert.Equal(pushes.Select(push => push.Push.Id).Order(), results.Select(result => result.Id).Distinct().Order());
        Assert.All(results, result => Assert.Equal((OutcomeKind.Accepted, 1), (result.Outcome, result.Attempts)));
    }

    /// <summary>
    /// One lane takes nothing more, and more of its pushes are due than may be read ahead. All lanes share the tier's topic; each reads it for
    /// itself, so the other lane's pushes, which stand behind those, are sent.
    /// </summary>
    [Fact]
    public async Task A_lane_that_stands_still_does_not_delay_another_lanes_retries()
    {
        const int stuck = DelaySink.MaxPerTier + 1_000, others = 100; // the lane itself takes a few hundred
        var gate = new Gate();
        _provider.Answer = async (push, abort) =>
        {
            if (push.App == Samples.Ios)
                await gate.PassAsync(abort);
            return ScriptedProvider.Accepted;
        };
        var tier = _cluster.Options.Topics.Delays.Topics[0];
        var fcm = new Lane(Provider.Fcm, PushClass.Urgent);
        await Task.WhenAll(Enumerable.Range(0, stuck).Select(_ => DelayAsync(tier, LaneCluster.Lane, Samples.Push())));
        var retries = Enumerable.Range(0, others).Select(_ => Samples.Push(Samples.Android, "fGh:APA91b")).ToList();
        foreach (var push in retries)
            await DelayAsync(tier, fcm, push);
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);

        await _provider.AnsweredAsync(others);

        Assert.All(retries, push => Assert.True(_provider.HasAnswered(push.Id)));
        // The stuck lane's own group has committed nothing; the other one is through, over what was not its own.
        await _cluster.CommittedAsync(ConsumerSettings.ForDelays(_cluster.Options, fcm).GroupId, tier, stuck + others);
        Assert.Equal(0, await _cluster.CommittedAsync(ConsumerSettings.ForDelays(_cluster.Options, LaneCluster.Lane).GroupId, tier));
        gate.Open();
        await _provider.AnsweredAsync(stuck + others);
        Assert.All(_provider.Came.Values, times => Assert.Equal(1, times));
    }

    /// <summary>What is in others' way is sent to wait for ten seconds; a push that has to wait longer still has to.</summary>
    [Fact]
    public async Task A_push_that_is_put_aside_keeps_its_instant()
    {
        using var counters = new Counters();
        using var producer = new RecordProducer(
            ProducerSettings.ForHandOffs(_cluster.Options), new KafkaMetrics(counters), NullLogger<RecordProducer>.Instance);
        var now = TimeProvider.System.GetUtcNow();
        var handOff = new HandOff(producer, TimeProvider.System, () => 0.5, new KafkaMetrics(counters), NullLogger<HandOff>.Instance);
        var metrics = new DispatchMetrics(counters);
        var faults = new Faults(LaneCluster.Lane, metrics, TimeProvider.System, NullLogger<Faults>.Instance);
        var settler = new Settler(
            LaneCluster.Lane,
            _cluster.Options,
            handOff,
            new PendingResults(LaneCluster.Lane, 10, producer, handOff, metrics, new KafkaMetrics(counters), faults, TimeProvider.System),
            new RetryDecision(new RetryOptions(), _cluster.Options.Topics.Delays.Waits),
            new AppGates(
                Provider.Apns, Samples.Apps.Apps, new LimitOptions(), new SendingMetrics(counters), TimeProvider.System, NullLogger<AppGates>.Instance),
            metrics,
            TimeProvider.System,
            () => 0.5,
            "worker",
            NullLogger<Settler>.Instance);
        var delay = new DelayedPush(
            LaneCluster.Lane, now.AddHours(1), now, 3, 2, now, "TooManyRequests", new RecordOrigin(_cluster.Topic, 0, 7, now), null);
        var tracker = new PartitionTracker(0);
        tracker.TryAdd(0);
        var push = Records.Delayed(new PartitionKey(0, 0), 0, tracker, delay);

        await settler.PostponeAsync(push, now.AddSeconds(10), "crowded", CancellationToken.None);

        var waits = Assert.Single(await _cluster.ReadAsync(_cluster.Options.Topics.Delays.Topics[^1], 1, record => DelayedPush.Read(record.Message.Headers)));
        Assert.Equal(delay with { LeavesAt = waits!.LeavesAt }, waits);
        Assert.Equal(1, tracker.Advance());
    }

    /// <summary>Puts a push into a tier that it leaves at once.</summary>
    private Task<long> DelayAsync(string tier, Lane lane, PushNotification push)
    {
        var now = TimeProvider.System.GetUtcNow();
        var delay = new DelayedPush(lane, now, now, 1, 1, now, "ServiceUnavailable", new RecordOrigin(_cluster.Options.Topics.Pushes(lane), 0, 0, now), null);
        return _cluster.ProduceAsync(tier, delay.ToMessage(null, Samples.Encode(push)));
    }
}
