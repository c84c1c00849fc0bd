using Confluent.Kafka;
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

    /// <summary>One lane takes nothing more, and its pushes that are due wait before it; the other lane's pass them.</summary>
    [Fact]
    public async Task A_lane_that_stands_still_keeps_no_other_lanes_pushes_waiting()
    {
        var gate = new Gate();
        _provider.Answer = async (push, abort) =>
        {
            if (_provider.Came[push.Id] == 1)
                return NotNow;
            if (push.App == Samples.Ios)
                await gate.PassAsync(abort);
            return ScriptedProvider.Accepted;
        };
        var options = TestWorker.Quick();
        (options.MaxInFlight, options.QueuePushes) = (2, 2);
        await using var worker = await TestWorker.StartAsync(_cluster, _provider, options);
        var apns = await _cluster.ProduceAsync(20);
        await _cluster.CommittedAllAsync(apns);
        await Eventually.IsAsync(() => worker.InFlight == 2 && apns.Count(push => _provider.Came[push.Push.Id] == 2) == 2, "the lane stands still");

        var fcm = Samples.Push(Samples.Android, "fGh:APA91b");
        await _cluster.ProduceAsync(
            _cluster.Options.Topics.Pushes(new Lane(Provider.Fcm, PushClass.Urgent)), new Message<byte[]?, byte[]?> { Value = Samples.Encode(fcm) });

        var result = Assert.Single(await _cluster.ResultsAsync(1));
        Assert.Equal((fcm.Id, OutcomeKind.Accepted, 1), (result.Id, result.Outcome, result.Attempts));
        gate.Open();
        Assert.Equal(21, (await _cluster.ResultsAsync(21)).Select(settled => settled.Id).Distinct().Count());
    }

    /// <summary>What is in others' way is sent to wait for ten seconds; a push that has to wait longer still has to.</summary>
    [Fact]
    public async Task A_push_that_is_put_aside_keeps_its_instant()
    {
        using var counters = new Counters();
        using var producer = new RecordProducer(
            ProducerSettings.ForHandOffs(_cluster.Options), new KafkaMetrics(counters), NullLogger<RecordProducer>.Instance);
        var now = TimeProvider.System.GetUtcNow();
        var settler = new Settler(
            LaneCluster.Lane,
            _cluster.Options,
            new HandOff(producer, TimeProvider.System, () => 0.5, new KafkaMetrics(counters), NullLogger<HandOff>.Instance),
            new RetryDecision(new RetryOptions(), _cluster.Options.Topics.Delays.Waits),
            new AppGates(
                Provider.Apns, Samples.Apps.Apps, new LimitOptions(), new SendingMetrics(counters), TimeProvider.System, NullLogger<AppGates>.Instance),
            new DispatchMetrics(counters),
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
}
