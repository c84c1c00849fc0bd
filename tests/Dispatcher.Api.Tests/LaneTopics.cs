using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Simulator.Kafka;

namespace Dispatcher.Api.Tests;

/// <summary>A cluster with Dispatcher's topics, and what lies on its lanes.</summary>
public sealed class LaneTopics : IDisposable
{
    private const int Partitions = 2;

    private static readonly TopicNames Topics = new(TopicNames.DefaultPrefix);

    private readonly bool _isOwner;

    public LaneTopics()
    {
        _isOwner = true;
        Cluster = InMemoryKafka.Start();
        foreach (var topic in Topics.All)
            Cluster.CreateTopic(topic, Partitions);
    }

    /// <summary>A view of somebody else's cluster.</summary>
    public LaneTopics(InMemoryKafka cluster) => Cluster = cluster;

    public InMemoryKafka Cluster { get; }

    public void Dispose()
    {
        if (_isOwner)
            Cluster.Dispose();
    }

    /// <summary>How many records all lanes have.</summary>
    public long Count()
    {
        using var consumer = Consumer();
        return Lane.All.SelectMany(PartitionsOf).Sum(partition => High(consumer, partition));
    }

    /// <summary>Every push of a lane.</summary>
    public IReadOnlyList<PushNotification> Read(Lane lane) => [.. ReadRecords(lane).Select(record => record.Push)];

    /// <summary>Every push of a lane, with what its record says beside it.</summary>
    public IReadOnlyList<(PushNotification Push, byte[]? Key, RepeatMark? Mark, int Partition)> ReadRecords(Lane lane)
    {
        using var consumer = Consumer();
        var count = PartitionsOf(lane).Sum(partition => High(consumer, partition));
        consumer.Assign(PartitionsOf(lane).Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        var pushes = new List<(PushNotification, byte[]?, RepeatMark?, int)>();
        while (pushes.Count < count)
        {
            var record = consumer.Consume(ApiProcess.Patience) ?? throw new TimeoutException($"{lane} has {pushes.Count} records, not {count}.");
            Assert.True(PushJson.TryDecode(record.Message.Value, DateTimeOffset.UnixEpoch, out var push, out var problem), problem);
            var (key, isMarked) = (record.Message.Key, RepeatMark.TryRead(record.Message.Key, record.Message.Headers, out var mark));
            pushes.Add((push, key, isMarked ? mark : null, record.Partition.Value));
        }

        return pushes;
    }

    /// <summary>The headers of every record of a lane, as <c>name: value</c>, sorted.</summary>
    public IReadOnlyList<IReadOnlyList<string>> ReadHeaders(Lane lane)
    {
        using var consumer = Consumer();
        var count = PartitionsOf(lane).Sum(partition => High(consumer, partition));
        consumer.Assign(PartitionsOf(lane).Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        var headers = new List<IReadOnlyList<string>>();
        while (headers.Count < count)
        {
            var record = consumer.Consume(ApiProcess.Patience) ?? throw new TimeoutException($"{lane} has {headers.Count} records, not {count}.");
            headers.Add([.. (record.Message.Headers ?? []).Select(header => $"{header.Key}: {System.Text.Encoding.UTF8.GetString(header.GetValueBytes())}").Order(StringComparer.Ordinal)]);
        }

        return headers;
    }

    /// <summary>Somebody else's records, whatever they say.</summary>
    public void Publish(string topic, int count)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = Cluster.BootstrapServers }).Build();
        for (var i = 0; i < count; i++)
            producer.Produce(topic, new Message<Null, byte[]> { Value = [1] });
        Assert.Equal(0, producer.Flush(ApiProcess.Patience));
    }

    /// <summary>The bytes of the values in a topic's fullest partition.</summary>
    public long FullestBytes(string topic)
    {
        using var consumer = Consumer();
        var partitions = Enumerable.Range(0, Partitions).Select(partition => new TopicPartition(topic, partition)).ToArray();
        var left = partitions.Sum(partition => High(consumer, partition));
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        var bytes = new long[Partitions];
        for (; left > 0; left--)
        {
            var record = consumer.Consume(ApiProcess.Patience) ?? throw new TimeoutException($"{topic} lacks {left} records.");
            bytes[record.Partition.Value] += record.Message.Value.Length;
        }

        return bytes.Max();
    }

    private static IEnumerable<TopicPartition> PartitionsOf(Lane lane) =>
        Enumerable.Range(0, Partitions).Select(partition => new TopicPartition(Topics.Pushes(lane), partition));

    private static long High(IConsumer<byte[]?, byte[]> consumer, TopicPartition partition) =>
        consumer.QueryWatermarkOffsets(partition, ApiProcess.Patience).High.Value;

    private IConsumer<byte[]?, byte[]> Consumer() => new ConsumerBuilder<byte[]?, byte[]>(new ConsumerConfig
    {
        BootstrapServers = Cluster.BootstrapServers,
        GroupId = "tests",
        FetchWaitMaxMs = 10,
    }).Build();
}
