using System.Globalization;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Lag;

/// <summary>A reading as lines of text.</summary>
internal static class LagTable
{
    private const string Unknown = "-";

    /// <summary>A line per lane, the total, and what else a look at it should not miss. At most 80 columns wide.</summary>
    /// <param name="reading">The reading.</param>
    public static IEnumerable<string> Lines(LagReading reading)
    {
        var rows = reading.Lanes.Zip(reading.Delays, (lane, delay) => Row(lane.Lane, [lane], [delay], reading)).ToList();
        rows.Add(Row("all", reading.Lanes, reading.Delays, reading));
        return
        [
            .. TextTable.Lines(["lane", ">lag", ">oldest", ">behind", ">workers", ">delayed at most", ">oldest"], rows),
            "",
            $"dead letters: {string.Join(", ", reading.DeadLetters.Select(each => $"{each.Key} {Number.Text(each.Value)}"))}",
            .. Notes(reading),
        ];
    }

    /// <summary>A line per partition.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="width">Columns of the screen.</param>
    public static IEnumerable<string> PartitionLines(LagReading reading, int width)
    {
        var isWide = width >= 120;
        var rows = reading.Lanes.Select(lane => (Group: lane, Prefix: ""))
            .Concat(reading.Delays.Select(delay => (Group: delay, Prefix: $"{delay.Lane} ")))
            .SelectMany(each => each.Group.Partitions.Select(partition => Cells(partition, each.Prefix, reading, isWide)))
            .ToArray();
        string[] headings = isWide
            ? ["partition", ">start", ">end", ">committed", ">lag", ">oldest", "worker"]
            : ["partition", ">end", ">committed", ">lag", ">oldest", "worker"];
        return [.. TextTable.Lines(headings, rows), .. Notes(reading)];
    }

    private static string[] Row(string name, IReadOnlyList<GroupLag> lanes, IReadOnlyList<GroupLag> delays, LagReading reading)
    {
        var partitions = lanes.Sum(lane => lane.Partitions.Count);
        var workers = lanes.SelectMany(lane => lane.Partitions).Select(partition => partition.Owner).OfType<string>().Distinct(StringComparer.Ordinal).Count();
        return
        [
            name,
            partitions == 0 ? "no topic" : Number.Text(lanes.Sum(lane => lane.Lag)),
            Age(lanes, reading),
            partitions == 0 ? Unknown : string.Create(CultureInfo.InvariantCulture, $"{lanes.Sum(lane => lane.Behind)} of {partitions}"),
            reading.OwnersProblem is null ? Number.Text(workers) : Unknown,
            Number.Text(delays.Sum(delay => delay.Lag)),
            Age(delays, reading),
        ];
    }

    private static string[] Cells(PartitionLag partition, string prefix, LagReading reading, bool isWide)
    {
        var name = $"{prefix}{partition.Partition.Topic}/{partition.Partition.Partition.Value.ToString(CultureInfo.InvariantCulture)}";
        var end = Plain(partition.End);
        string[] rest =
        [
            partition.Committed is { } committed ? Plain(committed) : Unknown,
            Plain(partition.Lag),
            reading.Age(partition.OldestAt) is { } age ? Duration.Text(Rounded(age)) : Unknown,
            partition.Owner ?? Unknown,
        ];
        return isWide ? [name, Plain(partition.Start), end, .. rest] : [name, end, .. rest];
    }

    private static IEnumerable<string> Notes(LagReading reading)
    {
        foreach (var lane in reading.Lanes.Where(lane => lane.Partitions.Count == 0))
            yield return $"{lane.Lane} has no topic: dispatcher topics list says what is missing.";
        foreach (var group in reading.Lanes.Concat(reading.Delays).Where(group => group.Lost > 0))
            yield return $"retention deleted {Number.Text(group.Lost)} records before {group.Group} had settled them: they are lost.";
        if (reading.Leaderless > 0)
            yield return $"{Number.Text(reading.Leaderless)} partitions have no leader: nothing is known about them until their broker is back.";
        if (reading.OwnersProblem is { } problem)
            yield return $"workers: {problem}.";
    }

    private static string Age(IReadOnlyList<GroupLag> groups, LagReading reading) =>
        reading.Age(groups.Min(group => group.OldestAt)) is { } age ? Duration.Text(Rounded(age)) : Unknown;

    /// <summary>Nobody reads milliseconds of an hour.</summary>
    internal static TimeSpan Rounded(TimeSpan age)
    {
        var unit = age < TimeSpan.FromSeconds(1) ? TimeSpan.FromMilliseconds(1)
            : age < TimeSpan.FromMinutes(2) ? TimeSpan.FromSeconds(0.1)
            : age < TimeSpan.FromHours(2) ? TimeSpan.FromMinutes(0.1)
            : TimeSpan.FromHours(0.1);
        return TimeSpan.FromTicks((long)Math.Round((double)age.Ticks / unit.Ticks) * unit.Ticks);
    }

    private static string Plain(long number) => number.ToString(CultureInfo.InvariantCulture);
}
