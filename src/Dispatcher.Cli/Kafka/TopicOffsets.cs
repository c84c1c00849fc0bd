using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Dispatcher.Cli.Kafka;

/// <summary>Where topics end and how far groups are: sums over partitions. The set of partitions is read once.</summary>
internal sealed class TopicOffsets : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly KafkaConnection _kafka;
    private readonly IAdminClient _admin;

    /// <summary>A client of each group that was asked for. It never subscribes, so it is no member.</summary>
    private readonly Dictionary<string, IConsumer<byte[]?, byte[]?>> _groups = [];

    private readonly Dictionary<string, TopicPartition[]> _partitions;

    public TopicOffsets(KafkaConnection kafka)
    {
        _kafka = kafka;
        _admin = kafka.Admin();
        try
        {
            _partitions = kafka.Metadata(_admin).Topics.ToDictionary(
                topic => topic.Topic,
                topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition.PartitionId)).ToArray());
        }
        catch
        {
            _admin.Dispose();
            throw;
        }
    }

    public IReadOnlyList<TopicPartition> Partitions(string topic) => _partitions.GetValueOrDefault(topic) ?? [];

    /// <summary>The first offset that does not exist yet, of each partition.</summary>
    /// <param name="topics">Topics; those that do not exist have no partitions.</param>
    public Task<Dictionary<TopicPartition, long>> EndsAsync(params IEnumerable<string> topics) => ListAsync(topics, OffsetSpec.Latest());

    /// <summary>The first offset that still exists, of each partition.</summary>
    /// <param name="topics">Topics.</param>
    public Task<Dictionary<TopicPartition, long>> StartsAsync(params IEnumerable<string> topics) => ListAsync(topics, OffsetSpec.Earliest());

    /// <summary>What a group has committed; partitions it has not committed are absent.</summary>
    /// <param name="group">The group.</param>
    /// <param name="topic">A topic it consumes.</param>
    public async Task<Dictionary<TopicPartition, long>> CommittedAsync(string group, string topic)
    {
        if (Partitions(topic) is not { Count: > 0 } partitions)
            return [];
        if (!_groups.TryGetValue(group, out var member))
            _groups.Add(group, member = _kafka.Reader(group));
        // Not the admin client: Confluent.Kafka 2.15.1 frees an error twice, and so aborts the process, when the coordinator answers with one.
        var offsets = await Task.Run(() => member.Committed(partitions, Patience));
        return offsets
            .Where(partition => partition.Offset >= 0)
            .ToDictionary(partition => partition.TopicPartition, partition => partition.Offset.Value);
    }

    public void Dispose()
    {
        foreach (var member in _groups.Values)
            member.Dispose();
        _admin.Dispose();
    }

    private async Task<Dictionary<TopicPartition, long>> ListAsync(IEnumerable<string> topics, OffsetSpec spec)
    {
        var wanted = topics.SelectMany(Partitions)
            .Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = spec })
            .ToArray();
        if (wanted.Length == 0)
            return [];
        var answer = await _admin.ListOffsetsAsync(wanted, new ListOffsetsOptions { RequestTimeout = Patience });
        return answer.ResultInfos.ToDictionary(
            info => info.TopicPartitionOffsetError.TopicPartition,
            info => info.TopicPartitionOffsetError.Offset.Value);
    }
}
