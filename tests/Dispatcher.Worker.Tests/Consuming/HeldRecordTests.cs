using System.Collections.Concurrent;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Tests.Engine;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>
/// A record for which there is no room is held. If room comes between two looks at it, a younger record must still not be placed before
/// it: the tracker would take the older one for a gap, and a gap counts as settled.
/// </summary>
public sealed class HeldRecordTests
{
    [Fact]
    public async Task Room_that_comes_and_goes_does_not_change_the_order_of_offsets()
    {
        const int Pushes = 1_000;
        using var cluster = new LaneCluster(partitions: 2);
        await cluster.ProduceAsync(Pushes);
        var sink = new FlickeringSink(Pushes);
        using var counters = new Counters();
        using var log = new LogLines();
        using var loggers = new LoggerFactory([log]);
        using var pump = new Pump(
            new PumpSettings("test", [cluster.Topic], DelaysOf: null, Samples.Apps, ConsumerSettings.ForLane(cluster.Options, LaneCluster.Lane)),
            sink,
            TestWorker.Quick(),
            TimeProvider.System,
            new KafkaMetrics(counters),
            loggers.CreateLogger<Pump>());

        pump.Start();
        await sink.Full.WaitAsync(Eventually.Patience);
        await pump.StopAsync().WaitAsync(Eventually.Patience);

        Assert.All(sink.Added.GroupBy(push => push.Partition), partition => Assert.Equal(
            Enumerable.Range(0, Pushes / 2).Select(offset => (long)offset), partition.Select(push => push.Offset)));
        Assert.False(log.Contain("went back"), "a tracker was thrown away");
        await cluster.CommittedAsync(Pushes / 2, Pushes / 2);
    }

    /// <summary>Has room and has none in quick succession, and settles whatever it gets.</summary>
    private sealed class FlickeringSink(int expected) : IRecordSink
    {
        private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _looks;

        public ConcurrentQueue<(PartitionKey Partition, long Offset)> Added { get; } = [];

        public Task Full => _full.Task;

        public TimeSpan PauseAfter { get; } = TimeSpan.FromMinutes(1);

        public bool HasRoom(int topic) => ++_looks % 5 is not (3 or 4); // no when it comes, no when it is tried again, yes right after

        public bool IsHalfEmpty(int topic) => true;

        public void Add(ConsumedPush push)
        {
            Added.Enqueue((push.Partition, push.Offset));
            push.TryStart();
            push.Complete();
            if (Added.Count >= expected)
                _full.TrySetResult();
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
