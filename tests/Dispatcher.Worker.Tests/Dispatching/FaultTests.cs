using System.Text;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Telemetry;
using Dispatcher.Testing;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Dispatching;
using Dispatcher.Worker.Tests.Consuming;
using Dispatcher.Worker.Tests.Engine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Worker.Tests.Dispatching;

/// <summary>Bugs on a push's way: it ends all the same (invariant 2), nobody else notices, and nothing of it is told.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly LaneCluster _cluster = new(delayTiers: "1s");
    private readonly ScriptedProvider _provider = new();

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task A_push_that_meets_a_bug_is_tried_again_later_and_kept_in_the_end()
    {
        var sick = Samples.Push(token: "bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0");
        _provider.Answer = (push, _) => push.Id == sick.Id
            ? throw new InvalidOperationException($"choked on {push.Target.Value}")
            : Task.FromResult(ScriptedProvider.Accepted);
        await using var worker = await TestWorker.StartAsync(_cluster, _provider, retry: new RetryOptions { MaxAttempts = 2 });

        await _cluster.ProduceAsync(50, index => index == 0 ? sick : Samples.Push());

        await _cluster.CommittedAsync(50); // no offset waits for it
        var kept = await _cluster.DeadLetterAsync();
        Assert.Equal((sick.Id, "exhausted", "unavailable", 2), (kept.PushId, kept.Reason, kept.Outcome, kept.Attempts));
        Assert.Equal("Faulted: InvalidOperationException", kept.Detail);
        Assert.Equal(Samples.Encode(sick), kept.Value);
        Assert.Equal(2, worker.Counters["dispatcher.dispatch.failures"]);
        Assert.Equal(0, worker.Counters["dispatcher.breaker.opened"]);
        Assert.Single(worker.Log.All, line => line.Contains("InvalidOperationException", StringComparison.Ordinal)); // two in a minute are one line
        Assert.DoesNotContain(worker.Log.All, line => line.Contains(sick.Target.Value, StringComparison.Ordinal));
    }

    /// <summary>Invariant 14, Bulkhead: an app whose every push is a bug stops neither the endpoint nor another app.</summary>
    [Fact]
    public async Task Bulkhead_an_app_that_only_meets_bugs_stops_no_other()
    {
        _provider.Answer = (push, _) => push.App == Samples.Ios ? throw new InvalidOperationException() : Task.FromResult(ScriptedProvider.Accepted);
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);

        var pushes = await _cluster.ProduceAsync(400, index => Samples.Push(index < 350 ? Samples.Ios : Samples.OtherIos));

        await _provider.AnsweredAsync(50);
        await _cluster.CommittedAllAsync(pushes);
        Assert.Equal(0, worker.Counters["dispatcher.breaker.opened"]);
    }

    /// <summary>There is no push to try again, so its bytes are kept; the next record goes its way.</summary>
    [Fact]
    public async Task A_record_that_cannot_be_read_for_a_bug_is_kept_intact()
    {
        using var counters = new Counters();
        using var log = new LogLines();
        using var loggers = new LoggerFactory([log]);
        using var producer = new RecordProducer(
            ProducerSettings.ForHandOffs(_cluster.Options), new KafkaMetrics(counters), NullLogger<RecordProducer>.Instance);
        var time = new FakeTimeProvider();
        var tracker = new PartitionTracker(0);
        var push = Samples.Push();
        using var dispatcher = new LaneDispatcher(
            new LaneQueue(10, 10_000, 10, _ => new(10, Hindrance.None)),
            new LaneReader(LaneCluster.Lane, _cluster.Topic, apps: null!), // a bug, if ever there was one
            sender: null!,
            Settler(producer, counters),
            cancellations: null!,
            new Faults(LaneCluster.Lane, new DispatchMetrics(counters), time, loggers.CreateLogger<Faults>()),
            retry: null!,
            time);

        tracker.TryAdd(0);
        dispatcher.Add(Records.Push(0, tracker, Encoding.UTF8.GetString(Samples.Encode(push))));

        var kept = await _cluster.DeadLetterAsync();
        Assert.Equal(("faulted", "NullReferenceException"), (kept.Reason, kept.Detail));
        Assert.Equal(Samples.Encode(push), kept.Value);
        await dispatcher.StopAsync().WaitAsync(Eventually.Patience);
        Assert.Equal(1, tracker.Advance());
        Assert.Equal(1, counters["dispatcher.dispatch.failures"]);
        Assert.True(log.Contain("NullReferenceException"));
        Assert.False(log.Contain(Samples.Token));
    }

    [Fact]
    public void Of_each_kind_one_line_a_minute_is_logged_and_says_how_many_were_not()
    {
        var time = new FakeTimeProvider();
        var pace = new LogPace(time);

        Assert.True(pace.MayLog("a", out var untold));
        Assert.Equal(0, untold);
        for (var i = 0; i < 1000; i++)
            Assert.False(pace.MayLog("a", out _));
        Assert.True(pace.MayLog("b", out _));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(pace.MayLog("a", out untold));
        Assert.Equal(1000, untold);
        Assert.True(pace.MayLog("b", out untold));
        Assert.Equal(0, untold);
    }

    [Fact]
    public void Kinds_beyond_the_bound_share_a_line()
    {
        var pace = new LogPace(new FakeTimeProvider());

        var lines = Enumerable.Range(0, 10 * LogPace.Capacity).Count(kind => pace.MayLog($"{kind}", out _));

        Assert.Equal(LogPace.Capacity + 1, lines);
    }

    private Settler Settler(RecordProducer producer, Counters counters)
    {
        var handOff = new HandOff(producer, TimeProvider.System, () => 0.5, new KafkaMetrics(counters), NullLogger<HandOff>.Instance);
        var metrics = new DispatchMetrics(counters);
        var faults = new Faults(LaneCluster.Lane, metrics, TimeProvider.System, NullLogger<Faults>.Instance);
        return new(
            LaneCluster.Lane,
            _cluster.Options,
            handOff,
            new PendingResults(LaneCluster.Lane, 10, producer, handOff, metrics, new KafkaMetrics(counters), faults, TimeProvider.System),
            new RetryDecision(new RetryOptions(), _cluster.Options.Topics.Delays.Waits),
            new AppGates(
                LaneCluster.Lane.Provider,
                Samples.Apps.Apps,
                new LimitOptions(),
                new SendingMetrics(counters),
                TimeProvider.System,
                NullLogger<AppGates>.Instance),
            metrics,
            TimeProvider.System,
            () => 0.5,
            "worker",
            NullLogger<Settler>.Instance);
    }
}
