using Dispatcher.Core.Sending;
using Dispatcher.Testing;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests.Dispatching;

/// <summary>A worker's gauges against what is really so. The clock is the test's, and the records' timestamps are real.</summary>
public sealed class LaneWatchTests
{
    private const string Lane = "apns.urgent";

    private readonly ScriptedProvider _provider = new();
    private readonly Gate _gate = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly WorkerOptions _options = TestWorker.Quick();

    private static SendingOptions Patient => new() { QuickRetries = 0, AttemptTimeout = TimeSpan.FromHours(1) };

    [Fact]
    public async Task A_lane_that_stands_still_grows_older_and_its_lag_grows_although_it_is_paused_and_both_end_at_zero()
    {
        using var cluster = new LaneCluster(partitions: 2);
        var first = await cluster.ProduceAsync(200);
        HoldUp();
        (_options.QueuePushes, _options.MaxInFlight) = (10, 8);
        await using var worker = await TestWorker.StartAsync(cluster, _provider, _options, _time, sending: Patient, apps: Samples.OneApp);
        using var gauges = new Gauges(worker.Counters);
        await _provider.CameAsync(6); // three quarters of the lane are one app's

        await SaysAsync(gauges, "dispatcher.lane.paused", $"{Lane} full", 1);
        await SaysAsync(gauges, "dispatcher.lane.lag", Lane, 200);
        Assert.Equal(
            (6, 2, 0, 0),
            (gauges["dispatcher.lane.in_flight", Lane], gauges["dispatcher.lane.partitions", Lane], gauges["dispatcher.lane.paused", $"{Lane} window"], gauges["dispatcher.lane.delayed", Lane]));
        Assert.InRange(gauges["dispatcher.lane.queued", Lane]!.Value, 10, 11); // two pumps
        Assert.True(gauges["dispatcher.lane.queue_bytes", Lane] > 1_000);
        Assert.InRange(gauges["dispatcher.lane.span", Lane]!.Value, 1, 20);

        var before = gauges["dispatcher.lane.oldest_unsettled", Lane]!.Value;
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(before + 600, gauges["dispatcher.lane.oldest_unsettled", Lane]!.Value, 0.001);

        var second = await cluster.ProduceAsync(100); // nothing is fetched, so that only asking tells
        await SaysAsync(gauges, "dispatcher.lane.lag", Lane, 300);

        _gate.Open();
        await WhileTimePassesAsync(() => _provider.Answered == 300, "all are answered");
        await SaysAsync(gauges, "dispatcher.lane.lag", Lane, 0);
        await SaysAsync(gauges, "dispatcher.lane.oldest_unsettled", Lane, 0);
        await SaysAsync(gauges, "dispatcher.lane.paused", $"{Lane} full", 0);
        await SaysAsync(gauges, "dispatcher.kafka.commit.age", Lane, 0);
        Assert.Equal((0, 0, 0, 0), (gauges["dispatcher.lane.in_flight", Lane], gauges["dispatcher.lane.queued", Lane], gauges["dispatcher.lane.queue_bytes", Lane], gauges["dispatcher.lane.span", Lane]));
        Assert.Equal(0, worker.Counters["dispatcher.kafka.ends.failures"]);

        var ages = gauges.Recorded("dispatcher.push.age", $"{Lane} {Samples.Ios}");
        Assert.Equal(300, ages.Count);
        Assert.All(ages.Order().TakeLast(200), age => Assert.True(age >= 600, $"{age} s"));
        Assert.Equal(300, gauges.Recorded("dispatcher.kafka.hand_off.duration", cluster.Options.Topics.Results).Count);
        Assert.Equal(300, first.Count + second.Count);
    }

    [Fact]
    public async Task A_push_that_waits_in_a_tier_is_delayed_and_not_old_until_it_is_overdue_and_its_age_counts_from_its_first_acceptance()
    {
        using var cluster = new LaneCluster(delayTiers: "10s,10m");
        var answers = new Queue<SendOutcome>(
            [new SendOutcome.Throttled(ThrottleScope.Token) { Reason = "TooManyRequests", Status = 429, RetryAfter = TimeSpan.FromMinutes(1) }]);
        _provider.Answer = async (_, abort) =>
        {
            if (answers.TryDequeue(out var answer))
                return answer;
            await _gate.PassAsync(abort);
            return ScriptedProvider.Accepted;
        };
        await using var worker = await TestWorker.StartAsync(cluster, _provider, _options, _time);
        using var gauges = new Gauges(worker.Counters);
        var pushes = await cluster.ProduceAsync(1);

        await SaysAsync(gauges, "dispatcher.lane.delayed", Lane, 1);
        await SaysAsync(gauges, "dispatcher.lane.lag", Lane, 0);
        await SaysAsync(gauges, "dispatcher.lane.oldest_unsettled", Lane, 0);
        Assert.Empty(gauges.Recorded("dispatcher.push.age", $"{Lane} {Samples.Ios}"));

        _time.Advance(TimeSpan.FromMinutes(15));
        await WhileTimePassesAsync(() => _provider.Came.GetValueOrDefault(pushes[0].Push.Id) == 2, "it came again");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, gauges["dispatcher.lane.delayed", Lane]);
        Assert.InRange(gauges["dispatcher.lane.oldest_unsettled", Lane]!.Value, 5, 15 * 60); // overdue, and it was due at some point of the quarter

        _gate.Open();
        await WhileTimePassesAsync(() => _provider.Answered == 1, "it is answered");
        await SaysAsync(gauges, "dispatcher.lane.oldest_unsettled", Lane, 0);
        Assert.InRange(Assert.Single(gauges.Recorded("dispatcher.push.age", $"{Lane} {Samples.Ios}")), 15 * 60, 20 * 60);
    }

    [Fact]
    public async Task A_scheduled_push_is_no_older_than_since_it_was_due()
    {
        using var cluster = new LaneCluster();
        await using var worker = await TestWorker.StartAsync(cluster, _provider, _options, _time);
        using var gauges = new Gauges(worker.Counters);
        _time.Advance(TimeSpan.FromHours(1));

        await cluster.ProduceAsync(1, _ => Samples.Push() with { SendAt = _time.GetUtcNow() - TimeSpan.FromSeconds(2) });

        await WhileTimePassesAsync(() => gauges.Recorded("dispatcher.push.age", $"{Lane} {Samples.Ios}").Count == 1, "it is answered");
        Assert.InRange(gauges.Recorded("dispatcher.push.age", $"{Lane} {Samples.Ios}")[0], 2, 600);
    }

    [Fact]
    public async Task A_full_window_is_a_reason_of_its_own()
    {
        using var cluster = new LaneCluster();
        var pushes = await cluster.ProduceAsync(PartitionTracker.Window + 10);
        _provider.Answer = async (push, abort) =>
        {
            if (push.Id == pushes[0].Push.Id)
                await _gate.PassAsync(abort);
            return ScriptedProvider.Accepted;
        };
        await using var worker = await TestWorker.StartAsync(cluster, _provider);
        using var gauges = new Gauges(worker.Counters);

        await Eventually.IsAsync(() => gauges["dispatcher.lane.paused", $"{Lane} window"] == 1, "the window is full");
        Assert.Equal(PartitionTracker.Window, gauges["dispatcher.lane.span", Lane]);
        _gate.Open();
        await Eventually.IsAsync(() => gauges["dispatcher.lane.paused", $"{Lane} window"] == 0, "the window is free");
    }

    [Fact]
    public async Task Partitions_that_come_and_go_are_counted_and_those_that_went_are_not_watched_any_more()
    {
        using var cluster = new LaneCluster(partitions: 2);
        await using var first = await TestWorker.StartAssignedAsync(cluster, _provider);
        using var gauges = new Gauges(first.Counters);
        await Eventually.IsAsync(() => gauges["dispatcher.lane.partitions", Lane] == 2, "it has both");

        await using var second = await TestWorker.StartAsync(cluster, _provider);
        using var others = new Gauges(second.Counters);
        await Eventually.IsAsync(
            () => gauges["dispatcher.lane.partitions", Lane] == 1 && others["dispatcher.lane.partitions", Lane] == 1, "each has one");

        Assert.NotEmpty(gauges.Recorded("dispatcher.kafka.rebalances", $"{Lane} revoked"));
        Assert.NotEmpty(others.Recorded("dispatcher.kafka.rebalances", $"{Lane} assigned"));
        Assert.Empty(others.Recorded("dispatcher.kafka.rebalances", $"{Lane} lost"));
    }

    [Fact]
    public async Task A_commit_that_does_not_go_through_grows_older()
    {
        using var cluster = new LaneCluster();
        await using var worker = await TestWorker.StartAsync(cluster, _provider, _options, _time);
        using var gauges = new Gauges(worker.Counters);
        await WhileTimePassesAsync(() => worker.IsAssigned, "it is assigned");
        cluster.Kafka.FailNext(Simulator.Kafka.KafkaApi.OffsetCommit, [.. Enumerable.Repeat(29, 500)]); // TOPIC_AUTHORIZATION_FAILED
        await cluster.ProduceAsync(1);
        await WhileTimePassesAsync(() => gauges["dispatcher.kafka.commit.age", Lane] > 0, "something waits for a commit");

        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.True(gauges["dispatcher.kafka.commit.age", Lane] > 120);
    }

    private void HoldUp() => _provider.Answer = async (_, abort) =>
    {
        await _gate.PassAsync(abort);
        return ScriptedProvider.Accepted;
    };

    private Task SaysAsync(Gauges gauges, string gauge, string tags, double value) =>
        WhileTimePassesAsync(() => gauges[gauge, tags] == value, () => $"{gauge} {tags} is {gauges[gauge, tags]} and should be {value}");

    private Task WhileTimePassesAsync(Func<bool> condition, string what) => WhileTimePassesAsync(condition, () => what);

    /// <summary>Pumps look at offsets and pauses as their clock passes.</summary>
    private async Task WhileTimePassesAsync(Func<bool> condition, Func<string> story)
    {
        try
        {
            await Eventually.IsAsync(
                () =>
                {
                    _time.Advance(TimeSpan.FromMilliseconds(100));
                    return condition();
                },
                story);
        }
        catch
        {
            _gate.Open(); // nobody turns the clock while the worker drains
            throw;
        }
    }
}
