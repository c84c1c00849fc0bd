using System.Diagnostics.Metrics;
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

    /// <summary>The guard of the budget: a result costs no object from the dispatch loop to the completed offset.</summary>
    [Fact]
    public async Task A_result_and_its_acknowledgement_allocate_next_to_nothing()
    {
        const int pushes = 4_000;
        using var meters = new UnobservedMeters();
        var answers = new AnsweringThread();
        var results = Results(bound: pushes, meters, answers);
        for (var round = 0; round < 2; round++) // the first warms up
        {
            var consumed = Enumerable.Range(round * pushes, pushes).Select(offset => Push(offset)).ToList();
            answers.Begin(pushes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var push in consumed)
                results.TryAdd(push, "push.results", Record, headers: null, "shop", "accepted", CancellationToken.None);
            var added = GC.GetAllocatedBytesForCurrentThread() - before;

            var answered = await answers.Allocated.WaitAsync(TimeSpan.FromSeconds(30));

            if (round == 1)
                Assert.InRange((added + answered) / pushes, 0, 100);
        }
    }

    /// <summary>A clock that is asked for every answer, and so knows what the thread of the answers allocated between the first and the last.</summary>
    private sealed class AnsweringThread : TimeProvider
    {
        private TaskCompletionSource<long> _all = new();
        private long _before;
        private int _left;

        public Task<long> Allocated => _all.Task;

        public void Begin(int answers) => (_all, _before, _left) = (new(TaskCreationOptions.RunContinuationsAsynchronously), -1, answers);

        public override long GetTimestamp()
        {
            if (Thread.CurrentThread.Name == "kafka-producer-answers")
            {
                if (_before < 0)
                    _before = GC.GetAllocatedBytesForCurrentThread();
                if (--_left == 0)
                    _all.SetResult(GC.GetAllocatedBytesForCurrentThread() - _before);
            }

            return base.GetTimestamp();
        }
    }

    private PendingResults Results(int bound) => Results(bound, _counters, TimeProvider.System);

    private PendingResults Results(int bound, IMeterFactory meters, TimeProvider time)
    {
        var metrics = new DispatchMetrics(meters);
        return new PendingResults(
            LaneCluster.Lane,
            bound,
            _producer,
            new HandOff(_producer, TimeProvider.System, () => 0.5, new KafkaMetrics(_counters), NullLogger<HandOff>.Instance),
            metrics,
            new KafkaMetrics(meters),
            new Faults(LaneCluster.Lane, metrics, TimeProvider.System, NullLogger<Faults>.Instance),
            time);
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
