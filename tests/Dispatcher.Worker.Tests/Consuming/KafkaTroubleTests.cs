using Dispatcher.Simulator.Kafka;
using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>Kafka misbehaves; workers go on by themselves, and nothing is lost.</summary>
public sealed class KafkaTroubleTests : IDisposable
{
    private readonly LaneCluster _cluster = new(partitions: 2);
    private readonly ScriptedProvider _provider = new();

    public void Dispose() => _cluster.Dispose();

    public static TheoryData<KafkaApi, int> CoordinatorErrors => new()
    {
        { KafkaApi.OffsetCommit, 14 }, // COORDINATOR_LOAD_IN_PROGRESS
        { KafkaApi.OffsetCommit, 15 }, // COORDINATOR_NOT_AVAILABLE
        { KafkaApi.OffsetCommit, 16 }, // NOT_COORDINATOR
        { KafkaApi.OffsetCommit, 22 }, // ILLEGAL_GENERATION
        { KafkaApi.OffsetCommit, 25 }, // UNKNOWN_MEMBER_ID
        { KafkaApi.OffsetCommit, 27 }, // REBALANCE_IN_PROGRESS
        { KafkaApi.Heartbeat, 16 },
        { KafkaApi.Heartbeat, 22 },
        { KafkaApi.Heartbeat, 25 },
        { KafkaApi.Heartbeat, 27 },
        { KafkaApi.OffsetFetch, 14 },
        { KafkaApi.OffsetFetch, 16 },
        { KafkaApi.Fetch, 6 }, // NOT_LEADER
        { KafkaApi.FindCoordinator, 15 },
    };

    [Theory]
    [MemberData(nameof(CoordinatorErrors))]
    public async Task An_error_from_Kafka_is_survived_and_nothing_is_lost(KafkaApi api, int error)
    {
        await using var worker = await TestWorker.StartAssignedAsync(_cluster, _provider);
        var before = await _cluster.ProduceAsync(20);
        await _cluster.CommittedAllAsync(before);

        _cluster.Kafka.FailNext(api, error, error, error);
        var after = await _cluster.ProduceAsync(200);
        await using (new CommitWatch(_cluster, [.. before, .. after], _provider))
            await _cluster.CommittedAllAsync(after);

        Assert.All(after, push => Assert.True(_provider.HasAnswered(push.Push.Id)));
    }

    [Theory]
    [InlineData(KafkaApi.JoinGroup, 14)]
    [InlineData(KafkaApi.JoinGroup, 25)]
    [InlineData(KafkaApi.SyncGroup, 22)]
    [InlineData(KafkaApi.SyncGroup, 27)]
    [InlineData(KafkaApi.OffsetFetch, 14)]
    public async Task An_error_while_joining_is_survived(KafkaApi api, int error)
    {
        var pushes = await _cluster.ProduceAsync(20);
        _cluster.Kafka.FailNext(api, error, error);

        await using var worker = await TestWorker.StartAsync(_cluster, _provider);

        await _cluster.CommittedAllAsync(pushes);
        Assert.True(worker.IsAssigned);
    }

    [Fact]
    public async Task A_broker_that_goes_and_comes_back_costs_time_and_nothing_else()
    {
        await using var worker = await TestWorker.StartAssignedAsync(_cluster, _provider);
        var gate = new Gate();
        _provider.Answer = async (_, abort) =>
        {
            await gate.PassAsync(abort);
            return ScriptedProvider.Accepted;
        };
        var pushes = await _cluster.ProduceAsync(100);
        await _provider.CameAsync(40);

        _cluster.Kafka.SetDown();
        gate.Open(); // answers come while their results and offsets cannot be written
        await _provider.AnsweredAsync(40);
        _cluster.Kafka.SetUp();

        await using (new CommitWatch(_cluster, pushes, _provider))
            await _cluster.CommittedAllAsync(pushes);
        Assert.All(pushes, push => Assert.True(_provider.HasAnswered(push.Push.Id)));
        var results = await _cluster.ResultsAsync(100);
        Assert.Equal(100, results.Select(result => result.Id).Distinct().Count());
    }

    /// <summary>
    /// Confluent.Kafka throws away the record it had fetched when something throws underneath; going on would step over it. A new consumer
    /// starts at the commit.
    /// </summary>
    [Fact]
    public async Task After_an_exception_that_nobody_foresaw_a_new_consumer_resumes_at_the_commit()
    {
        var time = new FaultyTime();
        await using var worker = await TestWorker.StartAsync(_cluster, _provider, time: time);
        var before = await _cluster.ProduceAsync(50);
        await _cluster.CommittedAllAsync(before);

        time.FailNext("pump apns.urgent");
        var after = await _cluster.ProduceAsync(300);
        await using (new CommitWatch(_cluster, [.. before, .. after], _provider))
            await _cluster.CommittedAllAsync(after);

        Assert.Equal(1, worker.Counters["dispatcher.kafka.consumer.replaced"]);
        Assert.All(after, push => Assert.True(_provider.HasAnswered(push.Push.Id)));
        Assert.All(before, push => Assert.Equal(1, _provider.Came[push.Push.Id]));
    }

    /// <summary>A clock that fails when asked by one thread, once.</summary>
    private sealed class FaultyTime : TimeProvider
    {
        private volatile string? _victim;

        public void FailNext(string thread) => _victim = thread;

        public override long GetTimestamp()
        {
            if (_victim is not null && Thread.CurrentThread.Name == _victim)
            {
                _victim = null;
                throw new InvalidTimeZoneException("the clock has stopped");
            }

            return base.GetTimestamp();
        }
    }
}
