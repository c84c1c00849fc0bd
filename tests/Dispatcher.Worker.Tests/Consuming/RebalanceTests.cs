using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>Workers come and go under load: nothing is lost, and only what was in flight may be sent twice.</summary>
public sealed class RebalanceTests : IDisposable
{
    private readonly LaneCluster _cluster = new(partitions: 6);
    private readonly ScriptedProvider _provider = new();

    public void Dispose() => _cluster.Dispose();

    /// <summary>
    /// Every push ends within the drain, so that a rebalance repeats nothing, unless Kafka refuses the last commit: the in-memory one does so
    /// for as long as another member is joining again, which a real one does not.
    /// </summary>
    [Theory]
    [InlineData("classic")]
    [InlineData("consumer")]
    public async Task A_second_worker_joins_and_leaves_under_load_and_nothing_is_lost(string groupProtocol)
    {
        _cluster.Options.GroupProtocol = groupProtocol;
        var load = new Load(_cluster);
        await using var first = await TestWorker.StartAssignedAsync(_cluster, _provider);
        await _provider.AnsweredAsync(200);

        await using (var second = await TestWorker.StartAssignedAsync(_cluster, _provider))
        {
            await Eventually.IsAsync(() => second.Log.Contain($"{_cluster.Topic}/"), "the second worker has its share");
            await _provider.AnsweredAsync(_provider.Answered + 500);
        }

        await _provider.AnsweredAsync(_provider.Answered + 500);
        var pushes = await load.EndAsync();
        await _cluster.CommittedAllAsync(pushes);

        Assert.All(pushes, push => Assert.True(_provider.HasAnswered(push.Push.Id)));
        Assert.InRange(pushes.Max(push => _provider.Came[push.Push.Id]), 1, 3); // once for each of the two rebalances at most
        Assert.Equal(0, first.Counters["dispatcher.kafka.consumer.replaced"]);
    }

    /// <summary>From one worker to four and back, with a push that comes twice for a rebalance and never for anything else.</summary>
    [Theory]
    [InlineData("classic")]
    [InlineData("consumer")]
    public async Task Scaling_out_and_in_under_load_loses_nothing(string groupProtocol)
    {
        const int More = 3;
        _cluster.Options.GroupProtocol = groupProtocol;
        _cluster.Options.Properties["session.timeout.ms"] = "2000"; // in-memory Kafka rebalances for a session less a second
        await using var first = await TestWorker.StartAssignedAsync(_cluster, _provider);
        var load = new Load(_cluster);
        await _provider.AnsweredAsync(200);

        var more = new List<TestWorker>();
        for (var i = 0; i < More; i++)
        {
            var next = await TestWorker.StartAssignedAsync(_cluster, _provider);
            more.Add(next);
            await Eventually.IsAsync(() => next.Log.Contain($"assigned {_cluster.Topic}/"), () => $"worker {i + 2} has its share: {string.Join('\n', next.Log.All)}");
            await _provider.AnsweredAsync(_provider.Answered + 100);
        }

        foreach (var worker in more)
        {
            await worker.DisposeAsync();
            await _provider.AnsweredAsync(_provider.Answered + 100);
        }

        var pushes = await load.EndAsync();
        await _cluster.CommittedAllAsync(pushes);
        Assert.All(pushes, push => Assert.True(_provider.HasAnswered(push.Push.Id)));
        Assert.InRange(pushes.Max(push => _provider.Came[push.Push.Id]), 1, 1 + (2 * More));
    }

    [Fact]
    public async Task What_outlasts_the_drain_of_a_rebalance_is_sent_again_by_the_new_owner_and_nothing_else()
    {
        var options = TestWorker.Quick();
        options.RevokeTimeout = TimeSpan.FromMilliseconds(50);
        var gate = new Gate();
        var stuck = new HashSet<Guid>();
        var pushes = await _cluster.ProduceAsync(300);
        stuck.UnionWith(pushes.Where((_, index) => index % 50 < 6).Take(12).Select(push => push.Push.Id)); // two of each partition
        _provider.Answer = async (push, abort) =>
        {
            if (stuck.Contains(push.Id) && _provider.Came[push.Id] == 1)
                await gate.PassAsync(abort);
            return ScriptedProvider.Accepted;
        };
        await using var first = await TestWorker.StartAssignedAsync(_cluster, _provider, options);
        await _provider.AnsweredAsync(288);

        await using var second = await TestWorker.StartAssignedAsync(_cluster, _provider, options);
        await Eventually.IsAsync(() => second.Log.Contain($"{_cluster.Topic}/"), "the second worker has its share");
        await Eventually.IsAsync(() => first.Log.Contain($"gave up {_cluster.Topic}"), "the first one gave some up");
        gate.Open();
        await _cluster.CommittedAllAsync(pushes);

        Assert.All(pushes, push => Assert.True(_provider.HasAnswered(push.Push.Id)));
        // The watermark stood at the first stuck push of each partition that moved: behind it, everything may come again; at most once.
        Assert.All(_provider.Came.Values, times => Assert.InRange(times, 1, 2));
    }

    /// <summary>Traps "paused forever after a rebalance": partitions that were paused when they went are read when they come back.</summary>
    [Fact]
    public async Task Partitions_that_went_while_paused_are_read_when_they_come_back()
    {
        var gate = new Gate();
        _provider.Answer = async (_, abort) =>
        {
            await gate.PassAsync(abort);
            return ScriptedProvider.Accepted;
        };
        var options = TestWorker.Quick();
        (options.QueuePushes, options.MaxInFlight, options.RevokeTimeout) = (4, 4, TimeSpan.FromMilliseconds(50));
        var pushes = await _cluster.ProduceAsync(600);
        await using var first = await TestWorker.StartAssignedAsync(_cluster, _provider, options, Samples.OneApp);
        await _provider.CameAsync(3);
        await using (var second = await TestWorker.StartAssignedAsync(_cluster, _provider, options, Samples.OneApp))
        {
            await Eventually.IsAsync(() => first.Log.Contain($"gave up {_cluster.Topic}"), "the first worker gave some up");
        }

        gate.Open();

        await _cluster.CommittedAllAsync(pushes);
        Assert.All(pushes, push => Assert.True(_provider.HasAnswered(push.Push.Id)));
    }

    /// <summary>More workers than partitions: those that get nothing are ready all the same.</summary>
    [Fact]
    public async Task A_worker_without_a_partition_is_ready()
    {
        using var cluster = new LaneCluster(partitions: 1);
        await using var first = await TestWorker.StartAssignedAsync(cluster, _provider);
        await using var second = await TestWorker.StartAssignedAsync(cluster, _provider);

        var pushes = await cluster.ProduceAsync(10);

        await cluster.CommittedAllAsync(pushes);
        Assert.True(first.IsAssigned && second.IsAssigned);
    }

    /// <summary>Produces in small batches, one after another, until it is ended.</summary>
    private sealed class Load
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Task<List<ProducedPush>> _producing;

        public Load(LaneCluster cluster) => _producing = Task.Run(() => ProduceAsync(cluster));

        public Task<List<ProducedPush>> EndAsync()
        {
            _end.SetResult();
            return _producing;
        }

        private async Task<List<ProducedPush>> ProduceAsync(LaneCluster cluster)
        {
            var pushes = new List<ProducedPush>();
            while (!_end.Task.IsCompleted)
                pushes.AddRange(await cluster.ProduceAsync(12));
            return pushes;
        }
    }
}
