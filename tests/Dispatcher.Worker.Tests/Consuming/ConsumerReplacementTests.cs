using System.Collections.Concurrent;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Telemetry;
using Dispatcher.Simulator.Kafka;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Tests.Engine;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>What a consumer does not recover from ends it. Its successor begins at the last commit, so nothing is lost.</summary>
public sealed class ConsumerReplacementTests : IDisposable
{
    private const string Replaced = "dispatcher.kafka.consumer.replaced";

    private readonly LaneCluster _cluster = new(partitions: 2);
    private readonly ScriptedProvider _provider = new();

    public void Dispose() => _cluster.Dispose();

    /// <summary>
    /// The pump's thread hangs, and the group gives its partitions to the other worker. What it had in flight is the other's by then, and what
    /// becomes of it here is handed off by nobody.
    /// </summary>
    [Fact]
    public async Task A_pump_that_does_not_poll_for_too_long_loses_its_partitions_and_joins_again()
    {
        _cluster.Options.Properties["session.timeout.ms"] = "2000";
        _cluster.Options.Properties["max.poll.interval.ms"] = "2000";
        using var time = new HangingTime("pump apns.urgent");
        var gate = new Gate();
        var held = new ConcurrentDictionary<Guid, bool>();
        _provider.Answer = async (push, abort) =>
        {
            if (!held.ContainsKey(push.Id) || _provider.Came[push.Id] > 1)
                return ScriptedProvider.Accepted;
            await gate.PassAsync(abort);
            return new SendOutcome.NotSent { Reason = "noFreeStream" }; // would wait in a delay tier
        };
        await using var first = await TestWorker.StartAsync(_cluster, _provider, time: time);
        await Eventually.IsAsync(() => first.IsAssigned, "the first worker is assigned");
        await using var second = await TestWorker.StartAssignedAsync(_cluster, _provider);
        await Eventually.IsAsync(() => second.Log.Contain($"apns.urgent: assigned {_cluster.Topic}/"), "the second worker has its share");
        var before = await _cluster.ProduceAsync(50);
        await _cluster.CommittedAllAsync(before);
        var inFlight = await _cluster.ProduceAsync(4, _ =>
        {
            var push = Samples.Push();
            held[push.Id] = true;
            return push;
        });
        await Task.WhenAll(inFlight.Select(push => _provider.CameAsync(push.Push.Id)));

        await time.HangAsync();
        var during = await _cluster.ProduceAsync(200);
        await using (new CommitWatch(_cluster, [.. before, .. during], _provider))
        {
            // The other worker begins what the first had in flight: two of the four.
            await Eventually.IsAsync(() => inFlight.Count(push => _provider.Came[push.Push.Id] == 2) == 2, "the first worker's partition is the second's");
            time.Resume();
            await Eventually.IsAsync(() => first.Log.Contain("apns.urgent: not polled for too long"), "the first worker has noticed");
            gate.Open();
            await _cluster.CommittedAllAsync(during);
        }

        await second.StopAsync(); // and the first one has it all again
        var after = await _cluster.ProduceAsync(50);
        await _cluster.CommittedAllAsync(after);
        Assert.All([.. before, .. inFlight, .. during, .. after], push => Assert.True(_provider.HasAnswered(push.Push.Id)));
        Assert.True(first.Counters[Replaced] > 0);
        Assert.Equal(2, _cluster.Count(_cluster.Options.Topics.Delays.Topics[0])); // the second worker's own two
    }

    /// <summary>librdkafka's way of leaving a group has no deadline of its own: a worker that stops has one.</summary>
    [Fact]
    public async Task A_pump_that_does_not_come_back_is_left_alone_when_the_worker_stops()
    {
        using var time = new HangingTime("pump apns.urgent");
        var options = TestWorker.Quick();
        options.DrainTimeout = TimeSpan.FromSeconds(1);
        await using var worker = await TestWorker.StartAsync(_cluster, _provider, options, time);
        await Eventually.IsAsync(() => worker.IsAssigned, "the worker is assigned");
        await time.HangAsync();

        await worker.StopAsync().WaitAsync(Eventually.Patience);

        Assert.True(worker.Log.Contain("apns.urgent: the consumer has not left its group"));
        Assert.Equal(1, worker.Counters["dispatcher.kafka.consumer.not_closed"]);
        time.Resume();
    }

    /// <summary>librdkafka calls an error fatal that no consumer comes back from; these are the fencing of a member, and a refusal by the new protocol.</summary>
    [Theory]
    [InlineData("classic", KafkaApi.Heartbeat, 82)] // FENCED_INSTANCE_ID
    [InlineData("consumer", KafkaApi.ConsumerGroupHeartbeat, 42)] // INVALID_REQUEST
    public async Task After_a_fatal_error_a_new_consumer_resumes_at_the_commit(string groupProtocol, KafkaApi api, int error)
    {
        _cluster.Options.GroupProtocol = groupProtocol;
        await using var worker = await TestWorker.StartAssignedAsync(_cluster, _provider);
        var before = await _cluster.ProduceAsync(20);
        await _cluster.CommittedAllAsync(before);

        _cluster.Kafka.FailNext(api, [.. Enumerable.Repeat(error, 16)]); // enough for every consumer
        await Eventually.IsAsync(() => worker.Log.Contain("apns.urgent: the consumer failed"), () => string.Join('\n', worker.Log.All));
        _cluster.Kafka.ClearFailures(api);
        var after = await _cluster.ProduceAsync(200);
        await using (new CommitWatch(_cluster, [.. before, .. after], _provider))
            await _cluster.CommittedAllAsync(after);

        Assert.All(after, push => Assert.True(_provider.HasAnswered(push.Push.Id)));
        Assert.True(worker.Counters[Replaced] > 0);
    }

    /// <summary>Confluent.Kafka answers a handler's exception by giving up every partition without leaving the group: it must never see one.</summary>
    [Fact]
    public async Task After_a_rebalance_handler_that_failed_a_new_consumer_resumes_at_the_commit()
    {
        const int records = 600;
        using var counters = new Counters();
        using var log = new LogLines();
        using var loggers = new LoggerFactory([log]);
        var sink = new FailingSink();
        using var first = NewPump(sink, counters, loggers);
        first.Start();
        await Eventually.IsAsync(() => first.IsAssigned, "the first pump is assigned");
        await _cluster.ProduceAsync(records / 2);
        await sink.CameAsync(records / 2);

        sink.FailNext();
        using var second = NewPump(sink, counters, loggers);
        second.Start(); // takes a partition from the first, whose handler fails
        await Eventually.IsAsync(() => log.Contain("a rebalance handler failed"), () => string.Join('\n', log.All));
        await _cluster.ProduceAsync(records / 2);

        await sink.CameAsync(records);
        await _cluster.CommittedAsync(records / 2, records / 2);
        await Eventually.IsAsync(() => first.IsAssigned && second.IsAssigned, "both are assigned");
        await Task.WhenAll(first.StopAsync(), second.StopAsync());
        Assert.Equal(1, counters[Replaced]);
    }

    private Pump NewPump(IRecordSink sink, Counters counters, LoggerFactory loggers) => new(
        new PumpSettings("test", [_cluster.Topic], DelaysOf: null, Samples.Apps, ConsumerSettings.ForLane(_cluster.Options, LaneCluster.Lane)),
        sink,
        TestWorker.Quick(),
        TimeProvider.System,
        new KafkaMetrics(counters),
        loggers.CreateLogger<Pump>());

    /// <summary>A clock that keeps a thread that asks it for the time.</summary>
    private sealed class HangingTime(string thread) : TimeProvider, IDisposable
    {
        private readonly ManualResetEventSlim _free = new(initialState: true);
        private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task HangAsync()
        {
            _free.Reset();
            return _hangs.Task.WaitAsync(Eventually.Patience);
        }

        public void Resume() => _free.Set();

        public override long GetTimestamp()
        {
            if (!_free.IsSet && Thread.CurrentThread.Name == thread)
            {
                _hangs.TrySetResult();
                _free.Wait(Eventually.Patience);
            }

            return base.GetTimestamp();
        }

        public void Dispose() => _free.Dispose();
    }

    /// <summary>Settles what it gets, and fails when told of partitions that go, once. Two pumps share it.</summary>
    private sealed class FailingSink : IRecordSink
    {
        private readonly ConcurrentDictionary<(PartitionKey, long), bool> _came = [];
        private int _fails;

        public TimeSpan PauseAfter => TimeSpan.Zero;

        public void FailNext() => Volatile.Write(ref _fails, 1);

        public Task CameAsync(int count) => Eventually.IsAsync(() => _came.Count >= count, () => $"{_came.Count} of {count} records came");

        public bool HasRoom(int topic) => true;

        public bool IsHalfEmpty(int topic) => true;

        public void Add(ConsumedPush push)
        {
            _came[(push.Partition, push.Offset)] = true;
            push.TryStart();
            push.Complete();
        }

        public TimeSpan Tick() => TimeSpan.FromMilliseconds(10);

        public void WaitForRoom(TimeSpan deadline)
        {
        }

        public void DropClosed()
        {
            if (Interlocked.Exchange(ref _fails, 0) == 1)
                throw new InvalidTimeZoneException("the heap is torn");
        }
    }
}
