using Confluent.Kafka;
using Dispatcher.Cli.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Lag;

/// <summary>Reads how far the workers' groups are behind. It joins none of them and commits nothing.</summary>
internal sealed class LagReader : IDisposable
{
    private readonly KafkaConnection _kafka;
    private readonly TimeProvider _time;
    private readonly TopicOffsets _offsets;
    private readonly GroupOwners _owners;
    private readonly OldestRecords _oldest;

    public LagReader(KafkaConnection kafka, TimeProvider time)
    {
        _kafka = kafka;
        _time = time;
        _offsets = new TopicOffsets(kafka);
        _owners = new GroupOwners(kafka);
        _oldest = new OldestRecords(kafka, time);
    }

    /// <summary>Reads everything once.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KafkaException">Kafka does not answer, or does not allow it.</exception>
    public async Task<LagReading> ReadAsync(CancellationToken cancellationToken)
    {
        var topics = _kafka.Topics;
        var wanted = Lane.All
            .Select(lane => (Lane: lane.Name, Group: $"{_kafka.Options.GroupId}.{topics.Pushes(lane)}", Topics: (IReadOnlyList<string>)[topics.Pushes(lane)]))
            .ToArray();
        var delayed = wanted.Select(lane => (lane.Lane, Group: $"{lane.Group}.delay", Topics: DelayTopics())).ToArray();
        var dead = Enum.GetValues<Provider>().ToDictionary(provider => provider, topics.DeadLetters);

        // Commits before ends, so that what arrives in between can only make the lag too large.
        var committed = await Task.WhenAll(wanted.Concat(delayed).Select(CommittedAsync));
        string[] all = [.. wanted.SelectMany(lane => lane.Topics), .. DelayTopics(), .. dead.Values];
        var starts = await _offsets.StartsAsync(all);
        var ends = await _offsets.EndsAsync(all);

        PartitionLag Of(TopicPartition partition, Dictionary<TopicPartition, long> commits) => new(
            partition,
            starts.GetValueOrDefault(partition),
            ends.GetValueOrDefault(partition),
            commits.TryGetValue(partition, out var offset) ? offset : null);

        GroupLag[] groups =
        [
            .. wanted.Concat(delayed).Zip(committed).Select(pair => new GroupLag(
                pair.First.Lane, pair.First.Group, [.. pair.First.Topics.SelectMany(_offsets.Partitions).Select(each => Of(each, pair.Second))])),
        ];
        groups = await _owners.AddAsync(await _oldest.AddAsync(groups, cancellationToken));
        return new LagReading(
            _time.GetUtcNow(),
            groups[..wanted.Length],
            groups[wanted.Length..],
            dead.ToDictionary(each => each.Key.ToString().ToLowerInvariant(), each => Size(each.Value, starts, ends)),
            _owners.Problem)
        {
            Leaderless = all.Sum(topic => _offsets.Leaderless(topic).Count()),
        };
    }

    public void Dispose()
    {
        _oldest.Dispose();
        _owners.Dispose();
        _offsets.Dispose();
    }

    /// <summary>Tiers that are not configured any more count for as long as there is something in them.</summary>
    private IReadOnlyList<string> DelayTopics() => [.. _kafka.Topics.Delays.Topics, .. _kafka.Topics.Delays.Former(_offsets.Topics)];

    private async Task<Dictionary<TopicPartition, long>> CommittedAsync((string Lane, string Group, IReadOnlyList<string> Topics) group)
    {
        var committed = new Dictionary<TopicPartition, long>();
        foreach (var topic in group.Topics)
        {
            foreach (var (partition, offset) in await _offsets.CommittedAsync(group.Group, topic))
                committed[partition] = offset;
        }

        return committed;
    }

    private long Size(string topic, Dictionary<TopicPartition, long> starts, Dictionary<TopicPartition, long> ends) =>
        _offsets.Partitions(topic).Sum(partition => ends.GetValueOrDefault(partition) - starts.GetValueOrDefault(partition));
}
