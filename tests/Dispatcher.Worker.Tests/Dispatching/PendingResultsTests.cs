using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Telemetry;
using Dispatcher.Simulator.Kafka;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Dispatching;
using Dispatcher.Worker.Tests.Consuming;
using Dispatcher.Worker.Tests.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Worker.Tests.Dispatching;

/// <summary>Results for which no dispatch loop waits: what holds for a hand-off holds for them.</summary>
public sealed class PendingResultsTests : IDisposable
{
    /// <summary>The client does not try again by itself.</summary>
    private const int TopicAuthorizationFailed = 29;

    private readonly LaneCluster _cluster = new();
    private readonly Counters _counters = new();
    private readonly RecordProducer _producer;
    private readonly PartitionTracker _tracker = new(0);

    public PendingResultsTests() => _producer = new RecordProducer(
        ProducerSettings.ForHandOffs(_cluster.Options), new KafkaMetrics(_counters), NullLogger<RecordProducer>.Instance);

    public void Dispose()
    {
        _producer.Dispose();
        _cluster.Dispose();
        _counters.Dispose();
    }

    [Fact]
    public async Task The_offset_completes_with_the_acknowledgement()
    {
        Assert.True(Add(Results(bound: 1), offset: 0));

        await SettledAsync(1);
        Assert.Equal(1, _cluster.Count("push.results"));
        Assert.Equal(1, _tracker.Advance());
    }

    [Fact]
    public async Task A_result_that_is_not_taken_is_offered_again()
    {
        _cluster.Kafka.FailNext(KafkaApi.Produce, TopicAuthorizationFailed, TopicAuthorizationFailed);

        Assert.True(Add(Results(bound: 1), offset: 0));

        await SettledAsync(1);
        Assert.Equal(1, _tracker.Advance());
        Assert.InRange(_counters["dispatcher.kafka.hand_off.retries"], 1, 5);
    }

    [Fact]
    public async Task There_are_never_more_than_the_bound()
    {
        var results = Results(bound: 2);
        _cluster.Kafka.SetRoundTrip(TimeSpan.FromSeconds(2));

        Assert.True(Add(results, offset: 0));
        Assert.True(Add(results, offset: 1));
        Assert.False(Add(results, offset: 2));

        await SettledAsync(2);
        Assert.True(Add(results, offset: 3));
        Assert.Equal(2, _tracker.Advance());
    }

    /// <summary>The loop that dispatched it gives every push up at its end; one that was handed over is not its own any more.</summary>
    [Fact]
    public async Task What_its_loop_gives_up_later_completes_all_the_same()
    {
        var push = Push(0);
        Assert.True(Results(bound: 1).TryAdd(push, "push.results", Record, headers: null, "shop", "accepted", CancellationToken.None));
        push.Abandon();

        await SettledAsync(1);
        Assert.Equal(1, _tracker.Advance());
    }

    [Fact]
    public async Task What_is_not_acknowledged_when_the_process_ends_stays_in_Kafka()
    {
        _cluster.Kafka.FailNext(KafkaApi.Produce, TopicAuthorizationFailed);
        using var abort = new CancellationTokenSource();
        await abort.CancelAsync();
        var results = Results(bound: 1);

        Assert.True(results.TryAdd(Push(0), "push.results", Record, headers: null, "shop", "accepted", abort.Token));

        await Eventually.IsAsync(() => Add(results, offset: 1), "room"); // there is room again
        await SettledAsync(1);
        Assert.Equal(0, _tracker.Advance());
    }

    private PendingResults Results(int bound)
    {
        var metrics = new DispatchMetrics(_counters);
        return new PendingResults(
            LaneCluster.Lane,
            bound,
            _producer,
            new HandOff(_producer, TimeProvider.System, () => 0.5, new KafkaMetrics(_counters), NullLogger<HandOff>.Instance),
            metrics,
            new KafkaMetrics(_counters),
            new Faults(LaneCluster.Lane, metrics, TimeProvider.System, NullLogger<Faults>.Instance),
            TimeProvider.System);
    }

    private bool Add(PendingResults results, long offset) =>
        results.TryAdd(Push(offset), "push.results", Record, headers: null, "shop", "accepted", CancellationToken.None);

    private ConsumedPush Push(long offset)
    {
        if (_tracker.Next <= offset)
            Assert.True(_tracker.TryAdd(offset));
        var push = Records.Push(offset, _tracker);
        Assert.True(push.TryStart());
        return push;
    }

    private static ReadOnlySpan<byte> Record => [1];

    private Task SettledAsync(long pushes) => Eventually.IsAsync(() => _counters["dispatcher.pushes.settled"] == pushes, "settled");
}
