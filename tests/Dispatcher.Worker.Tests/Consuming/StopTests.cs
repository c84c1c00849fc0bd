using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>Invariant 15: a worker that stops finishes what it has begun, within its deadline, and loses nothing of the rest.</summary>
public sealed class StopTests : IDisposable
{
    private readonly LaneCluster _cluster = new(partitions: 2);
    private readonly ScriptedProvider _provider = new();
    private readonly Gate _gate = new();

    public StopTests() => _provider.Answer = async (_, abort) =>
    {
        await _gate.PassAsync(abort);
        return ScriptedProvider.Accepted;
    };

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task What_has_begun_is_finished_and_committed_and_nothing_new_begins()
    {
        var options = TestWorker.Quick();
        (options.MaxInFlight, options.QueuePushes) = (40, 20);
        await using var worker = await TestWorker.StartAsync(_cluster, _provider, options);
        var pushes = await _cluster.ProduceAsync(200);
        await _provider.CameAsync(30); // three quarters of the lane

        var stopped = worker.StopAsync();
        await Eventually.IsAsync(() => worker.Log.Contain("Draining"), "the worker drains");
        var begun = _provider.Came.Count;
        _gate.Open();
        await stopped.WaitAsync(Eventually.Patience);

        var ids = pushes.Where(push => _provider.HasAnswered(push.Push.Id)).ToList();
        Assert.InRange(begun, 30, 200);
        Assert.Equal(_provider.Came.Count, ids.Count);
        var committed = await _cluster.CommittedAsync();
        Assert.Equal(ids.Count, committed.Sum()); // the lane begins in order, so what was finished is a prefix of each partition
        Assert.Equal(ids.Count, (await _cluster.ResultsAsync(ids.Count)).Count);
    }

    [Fact]
    public async Task What_does_not_end_in_time_stays_in_Kafka_and_the_next_worker_sends_it()
    {
        var options = TestWorker.Quick();
        (options.DrainTimeout, options.RevokeTimeout) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(100));
        var pushes = await _cluster.ProduceAsync(100);
        await using (var first = await TestWorker.StartAsync(_cluster, _provider, options))
        {
            await _provider.CameAsync(40);
            await first.StopAsync().WaitAsync(Eventually.Patience);
            Assert.True(first.Log.Contain("stay in Kafka"), "it says what it left");
        }

        Assert.All(await _cluster.CommittedAsync(), offset => Assert.Equal(0, offset));
        Assert.Equal(0, _cluster.Count(_cluster.Options.Topics.Results));
        _gate.Open();
        await using var second = await TestWorker.StartAsync(_cluster, _provider);

        await _cluster.CommittedAllAsync(pushes);
        Assert.All(pushes, push => Assert.True(_provider.HasAnswered(push.Push.Id)));
        Assert.Equal(100, (await _cluster.ResultsAsync(100)).Select(result => result.Id).Distinct().Count());
    }

    /// <summary>Leaving the group is a rebalance, and that would wait for the same pushes again.</summary>
    [Fact]
    public async Task After_the_drain_nobody_waits_a_second_time()
    {
        var options = TestWorker.Quick();
        (options.DrainTimeout, options.RevokeTimeout) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromHours(1));
        await _cluster.ProduceAsync(10);
        await using var worker = await TestWorker.StartAsync(_cluster, _provider, options);
        await _provider.CameAsync(10);

        await worker.StopAsync().WaitAsync(Eventually.Patience);

        Assert.True(worker.Log.Contain("stay in Kafka"), "it says what it left");
        Assert.All(await _cluster.CommittedAsync(), offset => Assert.Equal(0, offset));
    }

    [Fact]
    public async Task A_worker_without_work_stops_at_once()
    {
        await using var worker = await TestWorker.StartAssignedAsync(_cluster, _provider);

        await worker.StopAsync().WaitAsync(Eventually.Patience);

        Assert.False(worker.IsAssigned);
    }
}
