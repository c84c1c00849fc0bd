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
    private readonly HashSet<TopicPartition> _leaderless;

    public TopicOffsets(KafkaConnection kafka)
    {
        _kafka = kafka;
        _admin = kafka.Admin();
        try
        {
            var topics = kafka.Metadata(_admin).Topics;
            _partitions = topics.ToDictionary(
                topic => topic.Topic,
                topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition.PartitionId)).ToArray());
            _leaderless = [.. topics.SelectMany(topic => topic.Partitions
                .Where(partition => partition.Leader < 0)
                .Select(partition => new TopicPartition(topic.Topic, partition.PartitionId)))];
        }
        catch
        {
            _admin.Dispose();
            throw;
        }
    }

    /// <summary>The cluster's topics.</summary>
    public IEnumerable<string> Topics => _partitions.Keys;

    public IReadOnlyList<TopicPartition> Partitions(string topic) => _partitions.GetValueOrDefault(topic) ?? [];

    /// <summary>Partitions that nobody can say anything about at the moment; offsets leave them out.</summary>
    /// <param name="topic">A topic.</param>
    public IEnumerable<TopicPartition> Leaderless(string topic) => Partitions(topic).Where(_leaderless.Contains);

    /// <summary>The first offset that does not exist yet, of each partition.</summary>
    /// <param name="topics">Topics; those that do not exist have no partitions.</param>
    public Task<Dictionary<TopicPartition, long>> EndsAsync(params IEnumerable<string> topics) => ListAsync(topics, OffsetSpec.Latest());

    /// <summary>The first offset that still exists, of each partition.</summary>
    /// <param name="topics">Topics.</param>
    public Task<Dictionary<TopicPartition, long>> StartsAsync(params IEnumerable<string> topics) => ListAsync(topics, OffsetSpec.Earliest());

    /// <summary>
    /// The offset of each partition's first record that was produced at an instant or later, which is its end where there is none. The broker
    /// may not be able to look times up (in-memory Kafka is not).
    /// </summary>
    /// <param name="instant">The instant.</param>
    /// <param name="starts">The partitions' first offsets.</param>
    /// <param name="ends">Their ends.</param>
    /// <param name="otherwise">The answer where the broker has none.</param>
    public async Task<Dictionary<TopicPartition, long>> FirstSinceAsync(
        DateTimeOffset instant,
        Dictionary<TopicPartition, long> starts,
        Dictionary<TopicPartition, long> ends,
        Dictionary<TopicPartition, long> otherwise)
    {
        var found = await ListAsync(starts.Keys, OffsetSpec.ForTimestamp(instant.ToUnixTimeMilliseconds()));
        // "None" is also the answer of a broker without the lookup; one that has it knows the first record since 1970.
        var nothing = found.Where(offset => offset.Value < 0 && starts[offset.Key] < ends[offset.Key]).Select(offset => offset.Key).ToArray();
        var ever = await ListAsync(nothing, OffsetSpec.ForTimestamp(0));
        return starts.ToDictionary(start => start.Key, start => found.GetValueOrDefault(start.Key, -1) switch
        {
            >= 0 and var offset => Math.Max(offset, start.Value),
            _ => ever.GetValueOrDefault(start.Key, -1) >= 0 ? ends[start.Key] : otherwise[start.Key],
        });
    }

    /// <summary>The error behind an exception: that of the first partition where there are several.</summary>
    /// <param name="exception">What a client threw.</param>
    public static Error Cause(KafkaException exception) => exception is ListOffsetsException { Result.ResultInfos: var infos }
        ? infos.Select(info => info.TopicPartitionOffsetError.Error).FirstOrDefault(error => error.IsError) ?? exception.Error
        : exception.Error;

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

    private Task<Dictionary<TopicPartition, long>> ListAsync(IEnumerable<string> topics, OffsetSpec spec) =>
        ListAsync(topics.SelectMany(Partitions).Where(partition => !_leaderless.Contains(partition)), spec);

    private async Task<Dictionary<TopicPartition, long>> ListAsync(IEnumerable<TopicPartition> partitions, OffsetSpec spec)
    {
        var wanted = partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = spec }).ToArray();
        if (wanted.Length == 0)
            return [];
        var answer = await _admin.ListOffsetsAsync(wanted, new ListOffsetsOptions { RequestTimeout = Patience });
        return answer.ResultInfos.ToDictionary(
            info => info.TopicPartitionOffsetError.TopicPartition,
            info => info.TopicPartitionOffsetError.Offset.Value);
    }
}
