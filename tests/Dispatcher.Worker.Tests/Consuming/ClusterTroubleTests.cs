using Dispatcher.Simulator.Kafka;
using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>A cluster of several brokers changes under a worker; it follows, and nothing is lost.</summary>
public sealed class ClusterTroubleTests : IDisposable
{
    private const int Brokers = 3;

    private readonly LaneCluster _cluster = new(partitions: 3, brokers: Brokers);
    private readonly ScriptedProvider _provider = new();

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task A_coordinator_that_moves_from_broker_to_broker_is_followed()
    {
        await using var worker = await TestWorker.StartAssignedAsync(_cluster, _provider);
        var pushes = new List<ProducedPush>();
        for (var broker = 1; broker <= Brokers; broker++)
        {
            _cluster.Kafka.MoveCoordinator(_cluster.Group, broker);
            pushes.AddRange(await _cluster.ProduceAsync(100));
            await using (new CommitWatch(_cluster, pushes, _provider))
                await _cluster.CommittedAllAsync(pushes);
        }

        Assert.All(pushes, push => Assert.True(_provider.HasAnswered(push.Push.Id)));
    }

    [Fact]
    public async Task One_broker_of_several_that_restarts_costs_time_and_nothing_else()
    {
        await using var worker = await TestWorker.StartAssignedAsync(_cluster, _provider);
        var before = await _cluster.ProduceAsync(30);
        await _cluster.CommittedAllAsync(before);
        var gate = new Gate();
        _provider.Answer = async (_, abort) =>
        {
            await gate.PassAsync(abort);
            return ScriptedProvider.Accepted;
        };
        var during = await _cluster.ProduceAsync(60);
        await _provider.CameAsync(before.Count + 30);

        _cluster.Kafka.SetDown(broker: 1);
        gate.Open();
        await _provider.AnsweredAsync(before.Count + 30);
        _cluster.Kafka.SetUp(broker: 1);

        await using (new CommitWatch(_cluster, [.. before, .. during], _provider))
            await _cluster.CommittedAllAsync(during);
        Assert.All(during, push => Assert.True(_provider.HasAnswered(push.Push.Id)));
        Assert.Equal(90, (await _cluster.ResultsAsync(90)).Select(result => result.Id).Distinct().Count());
    }

    /// <summary>Results are hand-offs: an offset waits for them, and they are produced until Kafka takes them.</summary>
    [Theory]
    [InlineData(3)] // UNKNOWN_TOPIC_OR_PARTITION
    [InlineData(6)] // NOT_LEADER_FOR_PARTITION
    [InlineData(7)] // REQUEST_TIMED_OUT
    [InlineData(19)] // NOT_ENOUGH_REPLICAS
    [InlineData(20)] // NOT_ENOUGH_REPLICAS_AFTER_APPEND
    [InlineData(29)] // TOPIC_AUTHORIZATION_FAILED
    [InlineData(45)] // OUT_OF_ORDER_SEQUENCE_NUMBER
    public async Task A_hand_off_that_Kafka_refuses_is_made_until_it_is_taken(int error)
    {
        var gate = new Gate();
        _provider.Answer = async (_, abort) =>
        {
            await gate.PassAsync(abort);
            return ScriptedProvider.Accepted;
        };
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        var pushes = await _cluster.ProduceAsync(40);
        await _provider.CameAsync(40);

        _cluster.Kafka.FailNext(KafkaApi.Produce, error, error, error);
        await using (new CommitWatch(_cluster, pushes, _provider))
        {
            gate.Open();
            await _cluster.CommittedAllAsync(pushes);
        }

        Assert.Equal(
            pushes.Select(push => push.Push.Id).Order(), (await _cluster.ResultsAsync(40)).Select(result => result.Id).Distinct().Order());
        Assert.All(_provider.Came.Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public async Task A_broker_that_answers_slowly_slows_and_nothing_else()
    {
        await using var worker = await TestWorker.StartAssignedAsync(_cluster, _provider);

        _cluster.Kafka.SetRoundTrip(TimeSpan.FromMilliseconds(300));
        var pushes = await _cluster.ProduceAsync(300);
        await using (new CommitWatch(_cluster, pushes, _provider))
            await _cluster.CommittedAllAsync(pushes);

        Assert.All(_provider.Came.Values, times => Assert.Equal(1, times));
        Assert.Equal(0, worker.Counters["dispatcher.kafka.consumer.replaced"]);
    }
}
