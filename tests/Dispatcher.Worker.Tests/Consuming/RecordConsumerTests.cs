using Confluent.Kafka;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Tests.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>A consumer of several topics, as that of the delay tiers is.</summary>
public sealed class RecordConsumerTests : IDisposable
{
    private const int Records = 3_000; // more than a round takes, and more than what is prefetched and held can hide

    private readonly LaneCluster _cluster = new();
    private readonly Counters _counters = new();

    public void Dispose()
    {
        _counters.Dispose();
        _cluster.Dispose();
    }

    [Fact]
    public async Task A_topic_that_is_full_stops_no_other_and_goes_on_where_it_stopped()
    {
        const int room = 10;
        string[] topics = ["full", "free"];
        foreach (var topic in topics)
            _cluster.Kafka.CreateTopic(topic, 2);
        var sink = new RoomySink(topics.Length);
        sink.SetRoom(0, room);
        var pump = new Pump(
            new PumpSettings("test", topics, DelaysOf: null, Samples.Apps, ConsumerSettings.ForDelays(_cluster.Options, LaneCluster.Lane)),
            sink,
            TestWorker.Quick(),
            TimeProvider.System,
            new KafkaMetrics(_counters),
            NullLogger<Pump>.Instance);
        pump.Start();
        await Task.WhenAll(topics.SelectMany(topic => Enumerable.Range(0, Records).Select(i =>
            _cluster.ProduceAsync(topic, new Message<byte[]?, byte[]?> { Value = [1] }, i % 2))));

        await sink.CameAsync(1, Records);
        Assert.Equal(room, sink.Count(0));

        sink.SetRoom(0, int.MaxValue);
        await sink.CameAsync(0, Records);
        await pump.StopAsync();
        pump.Dispose();
        Assert.Equal(0, _counters["dispatcher.kafka.consumer.replaced"]);
        // Every offset once, those of a partition in their order: nothing was skipped, nothing came twice after the pause.
        foreach (var partition in sink.Offsets)
            Assert.Equal(Enumerable.Range(0, Records / 2).Select(offset => (long)offset), partition.Value);
        Assert.Equal(4, sink.Offsets.Count);
    }

    /// <summary>Takes as many records of a topic as it is given room for, and keeps them.</summary>
    private sealed class RoomySink(int topics) : IRecordSink
    {
        private readonly int[] _rooms = [.. Enumerable.Repeat(int.MaxValue, topics)];
        private readonly int[] _counts = new int[topics];

        public Dictionary<PartitionKey, List<long>> Offsets { get; } = [];

        public TimeSpan PauseAfter => TimeSpan.Zero;

        public int Count(int topic) => Volatile.Read(ref _counts[topic]);

        public void SetRoom(int topic, int room) => Volatile.Write(ref _rooms[topic], room);

        public Task CameAsync(int topic, int count) => Eventually.IsAsync(() => Count(topic) >= count, $"{count} records of topic {topic} have come");

        public bool HasRoom(int topic) => Count(topic) < Volatile.Read(ref _rooms[topic]);

        public bool IsHalfEmpty(int topic) => Count(topic) <= Volatile.Read(ref _rooms[topic]) / 2;

        public void Add(ConsumedPush push)
        {
            if (!Offsets.TryGetValue(push.Partition, out var offsets))
                Offsets.Add(push.Partition, offsets = []);
            offsets.Add(push.Offset);
            push.Complete();
            Interlocked.Increment(ref _counts[push.Partition.Topic]);
        }

        public TimeSpan Tick() => TimeSpan.FromMilliseconds(100);

        public void WaitForRoom(TimeSpan deadline)
        {
        }

        public void DropClosed()
        {
        }
    }
}
