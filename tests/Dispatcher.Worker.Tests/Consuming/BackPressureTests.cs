using Dispatcher.Testing;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>What is slow holds up what must wait for it and nothing else; nothing is lost however full everything is.</summary>
public sealed class BackPressureTests
{
    private readonly ScriptedProvider _provider = new();
    private readonly Gate _gate = new();

    /// <summary>Invariant 1: the committed offset stays below the oldest push in flight, at every look.</summary>
    [Fact]
    public async Task A_slow_head_does_not_stop_the_rest_but_holds_the_commit()
    {
        using var cluster = new LaneCluster(partitions: 2);
        var pushes = await cluster.ProduceAsync(400);
        HoldUp(pushes[100]); // partition 0, offset 50
        await using var worker = await TestWorker.StartAsync(cluster, _provider);
        await using (new CommitWatch(cluster, pushes, _provider))
        {
            await _provider.AnsweredAsync(399);
            await cluster.CommittedAsync(50, 200);
            Assert.Equal(50, (await cluster.CommittedAsync())[0]);

            _gate.Open();
            await cluster.CommittedAllAsync(pushes);
        }

        Assert.All(_provider.Came.Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public async Task A_full_window_stops_only_its_partition()
    {
        using var cluster = new LaneCluster(partitions: 2);
        var pushes = await cluster.ProduceAsync(2 * (PartitionTracker.Window + 1_000));
        HoldUp(pushes[0]);
        var others = pushes.Count(push => push.Partition == 1);
        await using var worker = await TestWorker.StartAsync(cluster, _provider);

        // All of the other partition, and of its own as much as fits between the head and the end of the window.
        await _provider.AnsweredAsync(others + PartitionTracker.Window - 1);
        await cluster.CommittedAsync(0, others);
        Assert.Equal((others + PartitionTracker.Window - 1, 0), (_provider.Answered, (await cluster.CommittedAsync())[0]));

        _gate.Open();
        await cluster.CommittedAllAsync(pushes);
        Assert.All(_provider.Came.Values, times => Assert.Equal(1, times));
    }

    /// <summary>The queue is full nearly all of the time, so records are held again and again, and never overtaken.</summary>
    [Fact]
    public async Task A_queue_that_is_always_full_loses_nothing_and_keeps_the_order_of_offsets()
    {
        using var cluster = new LaneCluster();
        var pushes = await cluster.ProduceAsync(5_000);
        var options = TestWorker.Quick();
        (options.QueuePushes, options.MaxInFlight) = (2, 64);
        await using var worker = await TestWorker.StartAsync(cluster, _provider, options);

        await cluster.CommittedAllAsync(pushes);

        Assert.All(pushes, push => Assert.Equal(1, _provider.Came.GetValueOrDefault(push.Push.Id)));
        Assert.False(worker.Log.Contain("went back"), "a record was placed before an older one");
    }

    /// <summary>Invariant 9: whatever the provider does, no more is in flight than may be.</summary>
    [Fact]
    public async Task A_stuck_provider_has_no_more_pushes_than_the_lane_may_have()
    {
        using var cluster = new LaneCluster(partitions: 2);
        var pushes = await cluster.ProduceAsync(500);
        _provider.Answer = async (_, abort) =>
        {
            await _gate.PassAsync(abort);
            return ScriptedProvider.Accepted;
        };
        var time = new FakeTimeProvider();
        var options = TestWorker.Quick();
        (options.QueuePushes, options.MaxInFlight) = (10, 8);
        await using var worker = await TestWorker.StartAsync(cluster, _provider, options, time, apps: Samples.OneApp);
        await _provider.CameAsync(6); // three quarters of the lane are one app's

        time.Advance(TimeSpan.FromSeconds(2)); // full for so long that the partitions are paused
        await Eventually.IsAsync(() => worker.SinceLastRound == TimeSpan.Zero, "the pumps have seen the time pass");
        _gate.Open();
        await _provider.AnsweredAsync(500);
        Assert.InRange(_provider.MostOpen, 1, 8);

        await worker.StopAsync();
        await cluster.CommittedAllAsync(pushes);
        Assert.All(_provider.Came.Values, times => Assert.Equal(1, times));
    }

    private void HoldUp(ProducedPush head) => _provider.Answer = async (push, abort) =>
    {
        if (push.Id == head.Push.Id)
            await _gate.PassAsync(abort);
        return ScriptedProvider.Accepted;
    };
}
