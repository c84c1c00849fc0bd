using System.Text;
using Confluent.Kafka;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>What a group has committed for a partition.</summary>
/// <param name="Offset">The offset.</param>
/// <param name="Metadata">What was said beside it.</param>
internal readonly record struct GroupOffset(long Offset, string Metadata);

/// <summary>
/// The consumer group in which a replay keeps its progress. It has no members: nobody subscribes, offsets are read and committed for
/// partitions by name, in one request, which Kafka takes whole or not at all. The workers' groups have other names.
/// </summary>
internal sealed class ReplayGroup : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IConsumer<byte[]?, byte[]?> _client;

    /// <summary>For one replay.</summary>
    /// <param name="kafka">Where.</param>
    /// <param name="replay">The replay's name.</param>
    public ReplayGroup(KafkaConnection kafka, string replay)
    {
        if (OffsetList.Problem() is { } problem)
            throw new CommandFailedException($"replays cannot keep their progress: {problem}");
        Name = $"{kafka.Options.GroupId}.replay.{replay}";
        _client = kafka.Reader(Name);
    }

    public string Name { get; }

    /// <summary>What is committed; partitions without are absent.</summary>
    /// <param name="partitions">Of which partitions.</param>
    /// <exception cref="KafkaException">Kafka did not answer for each of them.</exception>
    public Task<Dictionary<TopicPartition, GroupOffset>> ReadAsync(IEnumerable<TopicPartition> partitions) => Task.Run(() =>
    {
        using var list = new OffsetList(_client.Handle);
        foreach (var partition in partitions)
            list.Add(partition);
        return list.CommittedOfAll(Patience).ToDictionary(
            line => line.Partition, line => new GroupOffset(line.Offset, Encoding.UTF8.GetString(line.Metadata)));
    });

    /// <summary>Commits.</summary>
    /// <param name="offsets">For which partitions, and what.</param>
    /// <exception cref="KafkaException">Kafka refused, or did not answer.</exception>
    public Task CommitAsync(IReadOnlyCollection<(TopicPartition Partition, GroupOffset Offset)> offsets) => Task.Run(() =>
    {
        using var list = new OffsetList(_client.Handle);
        foreach (var (partition, (offset, metadata)) in offsets)
            list.Add(partition, offset, Encoding.UTF8.GetBytes(metadata));
        list.CommitAndWait();
    });

    public void Dispose() => _client.Dispose();
}
