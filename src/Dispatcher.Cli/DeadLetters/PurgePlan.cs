using System.Globalization;
using Confluent.Kafka;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>
/// What a purge would delete. Kafka deletes a partition's records from its start up to an offset, and nothing in between, so a time means: all
/// that lies before the first record that came then or later.
/// </summary>
/// <param name="before">That time; <see langword="null"/> for none.</param>
internal sealed class PurgePlan(DateTimeOffset? before)
{
    private static readonly string[] Headings = ["partition", ">up to", ">count", "oldest (UTC)", "newest (UTC)"];

    private readonly SortedDictionary<TopicPartition, Cut> _cuts = [];

    /// <summary>The reasons of what would go.</summary>
    public DeadLetterGroups Reasons { get; } = new(DeadLetterField.Reason);

    public long Count => Reasons.All.Count;

    /// <summary>For Kafka: the first offset of each partition that stays.</summary>
    public IReadOnlyList<TopicPartitionOffset> FirstKept =>
        [.. _cuts.Where(cut => cut.Value.Records.Count > 0).Select(cut => new TopicPartitionOffset(cut.Key, cut.Value.Next))];

    /// <summary>Takes the next dead letter of its partition into account.</summary>
    /// <param name="record">The dead letter.</param>
    public void Add(DeadLetterRecord record)
    {
        var partition = record.Position.TopicPartition;
        if (!_cuts.TryGetValue(partition, out var cut))
            _cuts.Add(partition, cut = new Cut());
        var time = new DateTimeOffset(record.Timestamp.UtcDateTime);
        cut.IsEnded |= time >= before;
        if (cut.IsEnded)
            return;
        cut.Next = record.Position.Offset.Value + 1;
        cut.Records.Add(time);
        Reasons.Add(record);
    }

    /// <summary>The plan for people.</summary>
    /// <param name="width">The columns there are.</param>
    public IEnumerable<string> Text(int width)
    {
        static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var rows = _cuts.Where(cut => cut.Value.Records.Count > 0).Select(cut => (string[])
        [
            $"{cut.Key.Topic}/{cut.Key.Partition.Value}", $"{cut.Value.Next - 1}", Number.Text(cut.Value.Records.Count),
            Time(cut.Value.Records.First), Time(cut.Value.Records.Last),
        ]);
        var partitions = TextTable.Lines(Headings, [.. rows]);
        return [.. partitions.Select(line => TextTable.Fit(line, width)), "", .. DeadLetterGroupTable.Lines(Reasons, rows: 10, width)];
    }

    private sealed class Cut
    {
        public long Next { get; set; }

        public bool IsEnded { get; set; }

        public DeadLetterGroup Records { get; } = new([]);
    }
}
