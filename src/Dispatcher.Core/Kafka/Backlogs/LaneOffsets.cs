using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Kafka.Backlogs;

/// <summary>Asks Kafka how far a lane's workers are. The client names their group and is no member: it neither subscribes nor commits.</summary>
internal sealed class LaneOffsets : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly string _topic;
    private readonly IConsumer<Ignore, Ignore> _consumer;
    private readonly IAdminClient _admin;

    public LaneOffsets(KafkaOptions options, Lane lane)
    {
        _topic = options.Topics.Pushes(lane);
        var config = options.Client<ConsumerConfig>();
        config.GroupId = $"{options.GroupId}.{_topic}";
        config.EnableAutoCommit = false;
        config.EnableAutoOffsetStore = false;
        _consumer = new ConsumerBuilder<Ignore, Ignore>(config).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        _admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
    }

    /// <summary>Reads them; blocks for seconds if Kafka is slow.</summary>
    /// <returns>Of each partition, the first offset that is not settled and the first that does not exist; by its number.</returns>
    /// <exception cref="KafkaException">Kafka does not say.</exception>
    public async Task<IReadOnlyList<(long Committed, long End)>> ReadAsync()
    {
        var partitions = Partitions();
        // Commits before ends, so that what comes in between can only make the backlog too large. Not the admin client: Confluent.Kafka 2.15.1
        // frees an error twice, and so aborts the process, when the coordinator answers with one.
        var committed = _consumer.Committed(partitions, Patience).ToDictionary(offset => offset.Partition.Value, offset => offset.Offset.Value);
        var ends = await ListAsync(partitions, OffsetSpec.Latest());
        // A partition of which nothing is committed will be read from its first record on.
        var uncommitted = partitions.Where(partition => committed.GetValueOrDefault(partition.Partition.Value, -1) < 0).ToArray();
        foreach (var (partition, start) in await ListAsync(uncommitted, OffsetSpec.Earliest()))
            committed[partition] = start;
        return [.. partitions.Select(partition => (committed[partition.Partition.Value], ends[partition.Partition.Value]))];
    }

    public void Dispose()
    {
        _admin.Dispose();
        _consumer.Dispose();
    }

    private TopicPartition[] Partitions()
    {
        var topic = _admin.GetMetadata(_topic, Patience).Topics.Single();
        if (topic.Error.IsError || topic.Partitions.Count == 0)
            throw new KafkaException(topic.Error.IsError ? topic.Error : new Error(ErrorCode.UnknownTopicOrPart));
        return [.. Enumerable.Range(0, topic.Partitions.Count).Select(number => new TopicPartition(_topic, number))];
    }

    private async Task<Dictionary<int, long>> ListAsync(TopicPartition[] partitions, OffsetSpec spec)
    {
        if (partitions.Length == 0)
            return [];
        var answer = await _admin.ListOffsetsAsync(
            partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = spec }),
            new ListOffsetsOptions { RequestTimeout = Patience });
        return answer.ResultInfos.ToDictionary(
            info => info.TopicPartitionOffsetError.Partition.Value, info => info.TopicPartitionOffsetError.Offset.Value);
    }
}
