using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests.Consuming;

public sealed class TailReaderTests : IDisposable
{
    private readonly LaneCluster _cluster = new(partitions: 3);
    private readonly Counters _counters = new();
    private readonly LogLines _log = new();

    public void Dispose()
    {
        _counters.Dispose();
        _log.Dispose();
        _cluster.Dispose();
    }

    [Fact]
    public async Task Tails_of_several_partitions_are_read_beside_one_another()
    {
        var marks = Enumerable.Range(0, 300).Select(_ => new RepeatMark(Samples.Push().Id, 1)).ToList();
        await Task.WhenAll(marks.Select((mark, i) => _cluster.ProduceAsync(mark.ToMessage([1]), i % 3)));
        var reader = Reader(TimeSpan.FromSeconds(30));
        var tails = Enumerable.Range(0, 3).Select(partition => Tail(partition, from: 50, end: 99)).ToList();

        tails.ForEach(reader.Begin);
        await Eventually.IsAsync(() => tails.TrueForAll(tail => tail.IsRead), "they are read");

        Assert.All(tails, tail => Assert.Equal(49, tail.Window.Count)); // up to the record that asks, which is looked at later
        Assert.Equal((3, 0), (_counters["dispatcher.kafka.tail.reads"], _counters["dispatcher.kafka.tail.failures"]));
    }

    /// <summary>The thread ends when there is nothing to read, and the next tail needs another.</summary>
    [Fact]
    public async Task Later_tails_are_read_too()
    {
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _cluster.ProduceAsync(new RepeatMark(Samples.Push().Id, 1).ToMessage([1]))));
        var reader = Reader(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 5; i++)
        {
            var tail = Tail(0, from: 0, end: 9);
            reader.Begin(tail);
            await Eventually.IsAsync(() => tail.IsRead, "it is read");
            Assert.Equal(9, tail.Window.Count);
        }
    }

    /// <summary>Trap: the partition went and came back while its tail was being read. Each assignment has a window of its own, and waits for that one.</summary>
    [Fact]
    public async Task A_partition_that_is_asked_for_again_is_read_for_the_later_assignment()
    {
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _cluster.ProduceAsync(new RepeatMark(Samples.Push().Id, 1).ToMessage([1]))));
        _cluster.Kafka.SetDown();
        var reader = Reader(TimeSpan.FromSeconds(30));
        var (former, later) = (Tail(0, from: 0, end: 4), Tail(0, from: 0, end: 9));
        reader.Begin(former);
        reader.Begin(later);
        _cluster.Kafka.SetUp();
        await Eventually.IsAsync(() => later.IsRead, "it is read");

        Assert.Equal(9, later.Window.Count);
        Assert.Equal(0, _counters["dispatcher.kafka.tail.failures"]);
    }

    /// <summary>Gaps: compaction and transactions leave offsets without a record, also the last ones before the end.</summary>
    [Fact]
    public async Task The_end_of_the_partition_is_the_end_of_its_tail()
    {
        await _cluster.ProduceAsync(new RepeatMark(Samples.Push().Id, 1).ToMessage([1]));
        var tail = Tail(0, from: 0, end: 1_000);

        Reader(TimeSpan.FromSeconds(30)).Begin(tail);
        await Eventually.IsAsync(() => tail.IsRead, "it is read");

        Assert.Equal(1, tail.Window.Count);
        Assert.Equal(0, _counters["dispatcher.kafka.tail.failures"]);
    }

    [Fact]
    public async Task What_cannot_be_read_in_time_is_let_go_and_told()
    {
        await _cluster.ProduceAsync(new RepeatMark(Samples.Push().Id, 1).ToMessage([1]));
        _cluster.Kafka.SetDown();
        var tail = Tail(0, from: 0, end: 1);

        Reader(TimeSpan.FromMilliseconds(300)).Begin(tail);
        await Eventually.IsAsync(() => tail.IsRead, "it is let go");

        Assert.Equal(1, _counters["dispatcher.kafka.tail.failures"]);
        Assert.True(_log.Contain("cannot be read: not within 00:00:00.3"));
    }

    [Fact]
    public async Task A_configuration_that_no_consumer_takes_lets_go_and_is_told()
    {
        var config = ConsumerSettings.ForTails(_cluster.Options, LaneCluster.Lane);
        config.Set("no.such.property", "1");
        var tail = Tail(0, from: 0, end: 1);

        Reader(TimeSpan.FromSeconds(30), config).Begin(tail);
        await Eventually.IsAsync(() => tail.IsRead, "it is let go");

        Assert.Equal(1, _counters["dispatcher.kafka.tail.failures"]);
    }

    private TailReader Reader(TimeSpan timeout, ConsumerConfig? config = null) => new(
        "test",
        config ?? ConsumerSettings.ForTails(_cluster.Options, LaneCluster.Lane),
        timeout,
        TimeProvider.System,
        new KafkaMetrics(_counters),
        _log.CreateLogger("test"));

    private PartitionTail Tail(int partition, long from, long end) =>
        new(new TopicPartition(_cluster.Topic, partition), from, end, new RepeatWindow(1_000, TimeSpan.FromHours(1)));
}
