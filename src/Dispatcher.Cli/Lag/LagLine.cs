using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dispatcher.Cli.Lag;

/// <summary>One line of a reading for scripts.</summary>
/// <param name="At">The moment.</param>
/// <param name="Kind"><c>lane</c>, <c>delay</c> or <c>deadLetters</c>.</param>
/// <param name="Name">The lane; of dead letters the provider.</param>
internal sealed record LagLine(DateTimeOffset At, string Kind, string Name)
{
    public string? Group { get; init; }

    /// <summary>Records that wait; of dead letters how many there are.</summary>
    public long Lag { get; init; }

    public double? OldestSeconds { get; init; }

    public int? PartitionCount { get; init; }

    public int? PartitionsBehind { get; init; }

    public int? Workers { get; init; }

    public long? Lost { get; init; }

    public IReadOnlyList<PartitionLine>? Partitions { get; init; }

    /// <summary>The lines of a reading.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="withPartitions">Whether each has its partitions.</param>
    public static IEnumerable<string> Of(LagReading reading, bool withPartitions) => reading.Lanes.Select(lane => Line("lane", lane, reading, withPartitions))
        .Concat(reading.Delays.Select(delay => Line("delay", delay, reading, withPartitions)))
        .Concat(reading.DeadLetters.Select(each => new LagLine(reading.At, "deadLetters", each.Key) { Lag = each.Value }))
        .Select(line => JsonSerializer.Serialize(line, LagJson.Default.LagLine));

    private static double? Seconds(TimeSpan? age) => age is { } time ? Math.Round(time.TotalSeconds, 3) : null;

    private static LagLine Line(string kind, GroupLag group, LagReading reading, bool withPartitions) => new(reading.At, kind, group.Lane)
    {
        Group = group.Group,
        Lag = group.Lag,
        OldestSeconds = Seconds(reading.Age(group)),
        PartitionCount = group.Partitions.Count,
        PartitionsBehind = group.Behind,
        Workers = group.Workers(reading.OwnersProblem is null),
        Lost = group.Lost > 0 ? group.Lost : null,
        Partitions = !withPartitions ? null :
        [
            .. group.Partitions.Select(partition => new PartitionLine(
                partition.Partition.Topic,
                partition.Partition.Partition.Value,
                partition.Start,
                partition.End,
                partition.Committed,
                partition.Lag,
                Seconds(reading.Age(partition.OldestAt)),
                partition.Owner)),
        ],
    };
}

/// <summary>One partition of a line.</summary>
internal sealed record PartitionLine(
    string Topic, int Partition, long Start, long End, long? Committed, long Lag, double? OldestSeconds, string? Worker);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LagLine))]
internal sealed partial class LagJson : JsonSerializerContext;
