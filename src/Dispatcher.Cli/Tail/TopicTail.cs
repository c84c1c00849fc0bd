using Confluent.Kafka;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Tail;

/// <summary>Reads the end of some topics, and what comes after it, without a group.</summary>
/// <param name="kafka">Where.</param>
/// <param name="topics">Which topics.</param>
/// <param name="read">Makes a line of a record; <see langword="null"/> where there is nothing to show.</param>
/// <param name="filter">Which lines are wanted.</param>
internal sealed class TopicTail(
    KafkaConnection kafka, IReadOnlyList<string> topics, Func<ConsumeResult<byte[]?, byte[]?>, TailLine?> read, TailFilter filter)
{
    /// <summary>How far back, per partition, the last lines that match a filter are looked for.</summary>
    public const int FilteredDepth = 10_000;

    /// <summary>Kafka answers in milliseconds; when nothing comes for this long, though there is something, a partition has no leader.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Shows what is there, and then what comes.</summary>
    /// <param name="lines">The newest so many of what is there; <see langword="null"/> for everything since <see cref="TailFilter.Since"/>.</param>
    /// <param name="follows">Whether to go on until told to stop.</param>
    /// <param name="show">Called for each line.</param>
    /// <param name="hasLostReader">Asked while nothing comes; ends it as well.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(int? lines, bool follows, Action<TailLine> show, Func<bool> hasLostReader, CancellationToken stop)
    {
        using var offsets = new TopicOffsets(kafka);
        if (topics.FirstOrDefault(topic => offsets.Partitions(topic).Count == 0) is { } missing)
            throw new CommandFailedException($"there is no topic {missing} at {kafka.Options.BootstrapServers}: check --topic-prefix, or `dispatcher topics create`.");
        var starts = await offsets.StartsAsync(topics);
        var ends = await offsets.EndsAsync(topics);
        var from = filter.Since is { } since ? await offsets.FirstSinceAsync(since, starts, ends, otherwise: starts) : From(starts, ends, lines ?? 0);
        // librdkafka's calls block; so the loop has a thread of the pool while it lasts.
        await Task.Run(() => Read(from, ends, lines, follows, show, hasLostReader, stop), CancellationToken.None);
    }

    private Dictionary<TopicPartition, long> From(Dictionary<TopicPartition, long> starts, Dictionary<TopicPartition, long> ends, int lines)
    {
        var depth = filter.TakesAll || lines == 0 ? lines : Math.Max(lines, FilteredDepth);
        return ends.ToDictionary(end => end.Key, end => Math.Max(starts[end.Key], end.Value - depth));
    }

    private void Read(
        Dictionary<TopicPartition, long> from,
        Dictionary<TopicPartition, long> ends,
        int? lines,
        bool follows,
        Action<TailLine> show,
        Func<bool> hasLostReader,
        CancellationToken stop)
    {
        using var consumer = kafka.ScanReader();
        consumer.Assign(from.Select(start => new TopicPartitionOffset(start.Key, start.Value)));
        var newest = new PriorityQueue<TailLine, DateTimeOffset>();
        var unread = from.Where(start => start.Value < ends[start.Key]).Select(start => start.Key).ToHashSet();
        while (unread.Count > 0)
        {
            var record = Next(consumer, Patience, stop)
                ?? throw new CommandFailedException($"Kafka at {kafka.Options.BootstrapServers} stopped answering.", ExitCode.Unreachable);
            var isPast = !record.IsPartitionEOF && record.Offset < ends[record.TopicPartition];
            if (record.IsPartitionEOF || record.Offset + 1 >= ends[record.TopicPartition])
                unread.Remove(record.TopicPartition);
            if (Line(record) is not { } line)
                continue;
            if (isPast && lines is { } most)
            {
                newest.Enqueue(line, line.At);
                if (newest.Count > most)
                    newest.Dequeue();
            }
            else if (isPast || follows)
            {
                show(line);
            }
        }

        while (newest.TryDequeue(out var line, out _)) // the oldest of them first, as a log reads
            show(line);
        while (follows && !stop.IsCancellationRequested && !hasLostReader())
        {
            if (Next(consumer, PollInterval, stop) is { } record && Line(record) is { } line)
                show(line);
        }
    }

    private TailLine? Line(ConsumeResult<byte[]?, byte[]?> record) =>
        !record.IsPartitionEOF && read(record) is { } line && filter.Matches(line) ? line : null;

    private static ConsumeResult<byte[]?, byte[]?>? Next(IConsumer<byte[]?, byte[]?> consumer, TimeSpan patience, CancellationToken stop)
    {
        try
        {
            for (var waited = TimeSpan.Zero; waited < patience; waited += PollInterval)
            {
                stop.ThrowIfCancellationRequested();
                if (consumer.Consume(PollInterval) is { } record)
                    return record;
            }

            return null;
        }
        catch (ConsumeException e)
        {
            throw KafkaProblem.Of(e.Error, "read the topics");
        }
    }
}
