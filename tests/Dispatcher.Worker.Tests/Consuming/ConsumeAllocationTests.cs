using Confluent.Kafka;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Tests.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>What the pump's thread allocates from Kafka to the sink and back: the budget of the whole Kafka layer is 300 bytes a push.</summary>
public sealed class ConsumeAllocationTests
{
    private const int Records = 10_000;
    private const int Stretch = 500; // short enough for one without a round's own work, a store of offsets or a page of the queue
    private const int KeyLength = 36;

    [Theory]
    [InlineData(false, 160)] // the push
    [InlineData(true, 160 + 24 + KeyLength + 4)] // and its key, an array
    public async Task Consuming_a_push_allocates_the_push_and_its_key(bool hasKey, int bound)
    {
        using var cluster = new LaneCluster(partitions: 2);
        using var counters = new Counters();
        var value = Samples.Encode(Samples.Push());
        await Task.WhenAll(Enumerable.Range(0, Records).Select(i => cluster.ProduceAsync(
            new Message<byte[]?, byte[]?> { Key = hasKey ? new byte[KeyLength] : null, Value = value }, i % cluster.Partitions)));
        var sink = new SettlingSink();
        using var pump = new Pump(
            new PumpSettings("test", [cluster.Topic], DelaysOf: null, Samples.Apps, ConsumerSettings.ForLane(cluster.Options, LaneCluster.Lane)),
            sink,
            TestWorker.Quick(),
            TimeProvider.System,
            new KafkaMetrics(counters),
            NullLogger<Pump>.Instance);

        pump.Start();
        var least = await sink.Least.WaitAsync(Eventually.Patience);
        await pump.StopAsync().WaitAsync(Eventually.Patience);

        Assert.InRange(least, 1, bound);
        await cluster.CommittedAsync(Records / 2, Records / 2);
    }

    /// <summary>Settles what it gets, on the pump's thread, and looks what that thread has allocated.</summary>
    private sealed class SettlingSink : IRecordSink
    {
        private readonly TaskCompletionSource<double> _least = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private double _leastBytes = double.MaxValue;
        private long _before;
        private int _count;

        /// <summary>Bytes a record, in the stretch with the fewest: every other one has them, too, and what is not a record's.</summary>
        public Task<double> Least => _least.Task;

        public TimeSpan PauseAfter { get; } = TimeSpan.FromMinutes(1);

        public bool HasRoom(int topic) => true;

        public bool IsHalfEmpty(int topic) => true;

        public void Add(ConsumedPush push)
        {
            push.TryStart();
            push.Complete();
            if (++_count % Stretch != 0)
                return;
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            if (_count > Stretch)
                _leastBytes = Math.Min(_leastBytes, (bytes - _before) / (double)Stretch);
            _before = bytes;
            if (_count == Records)
                _least.SetResult(_leastBytes);
        }

        public TimeSpan Tick() => TimeSpan.FromMilliseconds(10);

        public void WaitForRoom(TimeSpan deadline)
        {
        }

        public void DropClosed()
        {
        }
    }
}
