using Confluent.Kafka;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>What a scan reads, decided before it begins: what comes later is another scan's.</summary>
/// <param name="Ranges">Of each partition that has something; empty ones are left out.</param>
/// <param name="Warnings">What cannot be read, a line each; empty as a rule.</param>
internal sealed record ScanPlan(IReadOnlyList<ScanRange> Ranges, IReadOnlyList<string> Warnings)
{
    // The time of a record is that of the worker that made it, or of the broker; their clocks differ a little.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>How many offsets there are to read.</summary>
    public long Length => Ranges.Sum(range => range.Length);

    /// <summary>Every dead letter that exists now and that the filter's time does not exclude.</summary>
    /// <param name="kafka">Where.</param>
    /// <param name="filter">Only its <see cref="DeadLetterFilter.Since"/> and providers matter here.</param>
    /// <param name="before">Nothing that lies behind the first record of its partition that Kafka took then or later.</param>
    /// <exception cref="CommandFailedException">Kafka does not answer, or does not let us.</exception>
    public static async Task<ScanPlan> MakeAsync(KafkaConnection kafka, DeadLetterFilter filter, DateTimeOffset? before = null)
    {
        using var offsets = new TopicOffsets(kafka);
        var topics = filter.WantedProviders.Select(kafka.Topics.DeadLetters).ToArray();
        try
        {
            if (topics.All(topic => offsets.Partitions(topic).Count == 0))
                throw Missing(kafka, topics);
            var ends = await offsets.EndsAsync(topics);
            var starts = await offsets.StartsAsync(topics);
            if (before is { } instant)
                ends = await offsets.FirstSinceAsync(instant, starts, ends, otherwise: ends);
            if (filter.Since is { } since)
                starts = await offsets.FirstSinceAsync(since - ClockSkew, starts, ends, otherwise: starts);
            var ranges = ends
                .Select(end => new ScanRange(end.Key, starts[end.Key], end.Value))
                .Where(range => range.Length > 0)
                .OrderBy(range => range.Partition.Topic, StringComparer.Ordinal).ThenBy(range => range.Partition.Partition.Value);
            var warnings = topics.SelectMany(offsets.Leaderless)
                .Select(partition => $"{partition.Topic}/{partition.Partition.Value} has no leader: its dead letters are not among these.");
            return new ScanPlan([.. ranges], [.. warnings]);
        }
        catch (KafkaException e)
        {
            throw KafkaProblem.Of(TopicOffsets.Cause(e), $"read {string.Join(" and ", topics)}");
        }
    }

    /// <summary>The plan for one record; <see langword="null"/> when the plan does not hold it.</summary>
    /// <param name="position">Where it lies.</param>
    public ScanPlan? Only(TopicPartitionOffset position)
    {
        var holds = Ranges.Any(range =>
            range.Partition == position.TopicPartition && range.From <= position.Offset.Value && position.Offset.Value < range.To);
        return holds ? new ScanPlan([new ScanRange(position.TopicPartition, position.Offset.Value, position.Offset.Value + 1)], []) : null;
    }

    /// <summary>The plan for some partitions only, and no further than to a record of each, itself included.</summary>
    /// <param name="positions">Where those records lie.</param>
    public ScanPlan UpTo(IReadOnlyList<TopicPartitionOffset> positions)
    {
        var ends = positions.GroupBy(position => position.TopicPartition).ToDictionary(
            partition => partition.Key, partition => partition.Max(position => position.Offset.Value) + 1);
        var ranges = Ranges
            .Where(range => ends.ContainsKey(range.Partition))
            .Select(range => range with { To = Math.Min(range.To, ends[range.Partition]) })
            .Where(range => range.Length > 0);
        return this with { Ranges = [.. ranges] };
    }

    // Kafka leaves topics that a user may not see out of the list of all, so that one cannot tell the two.
    private static CommandFailedException Missing(KafkaConnection kafka, IReadOnlyList<string> topics) => new(
        $"there is no {string.Join(" or ", topics)} at {kafka.Options.BootstrapServers}, or this user may not see it: check --kafka, --topic-prefix and ACLs.");
}
