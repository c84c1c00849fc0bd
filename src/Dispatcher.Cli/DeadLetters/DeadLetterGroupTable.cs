using System.Globalization;
using System.Text;
using System.Text.Json;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>Groups of dead letters as a table with bars, or as JSON.</summary>
internal static class DeadLetterGroupTable
{
    private const int WidestBar = 30;
    private const int UsefulBar = 12; // rather than the year and the seconds
    private const int NarrowestBar = 4; // rather than whole words
    private const int Gap = 2;
    private const int LongestWord = 40;
    private const int ShortestWord = 8;
    private const string LongTime = "yyyy-MM-dd HH:mm:ss";
    private const string ShortTime = "MM-dd HH:mm";

    /// <summary>A table that fits a width; without bars where nobody looks at it.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="rows">How many of them; the rest is one row.</param>
    /// <param name="width">The columns there are; <see cref="int.MaxValue"/> for no screen.</param>
    public static IReadOnlyList<string> Lines(DeadLetterGroups groups, int rows, int width)
    {
        var (largest, others) = groups.Largest(rows);
        DeadLetterGroup[] all = others is null ? [.. largest] : [.. largest, others];
        string[] Table(int longest, string time) =>
        [
            .. TextTable.Lines(
                [.. groups.Fields.Select(DeadLetterFields.Name), ">count", "first (UTC)", "last (UTC)"],
                [.. all.Select(group => Cells(group, groups.Fields.Count, longest, time))]),
        ];

        if (width == int.MaxValue)
            return Table(LongestWord, LongTime);
        var table = Table(LongestWord, LongTime);
        if (Longest(table) + Gap + UsefulBar > width)
            table = Table(LongestWord, ShortTime);
        for (var longest = LongestWord - 1; Longest(table) + Gap + NarrowestBar > width && longest >= ShortestWord; longest--)
            table = Table(longest, ShortTime);
        return WithBars(table, all, width);
    }

    /// <summary>One object a group, the largest first.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="rows">How many of them; the rest is one object.</param>
    public static IEnumerable<string> Json(DeadLetterGroups groups, int rows)
    {
        var (largest, others) = groups.Largest(rows);
        return largest.Select(group => Json(group, groups.Fields)).Concat(others is null ? [] : [Json(others, null)]);
    }

    private static string[] WithBars(string[] table, DeadLetterGroup[] groups, int width)
    {
        var longest = Longest(table);
        var cells = Math.Min(WidestBar, width - longest - Gap);
        if (cells < NarrowestBar || groups.Length == 0)
            return [.. table.Select(line => TextTable.Fit(line, width))];
        var most = groups.Where(IsOne).Max(group => (long?)group.Count);
        for (var i = 0; i < groups.Length; i++)
        {
            if (IsOne(groups[i])) // the others are many, and would dwarf each of those that are named
                table[i + 1] = $"{table[i + 1].PadRight(longest)}  {Bar.Of((double)groups[i].Count / most!.Value, cells)}".TrimEnd();
        }

        return table;
    }

    private static bool IsOne(DeadLetterGroup group) => group.Values.Count > 0;

    private static int Longest(string[] table) => table.Max(line => line.Length);

    private static string[] Cells(DeadLetterGroup group, int fields, int longest, string time)
    {
        var values = IsOne(group) ? group.Values.Select(value => DeadLetterListing.Word(value, longest)) : ["others", .. Enumerable.Repeat("", fields - 1)];
        return
        [
            .. values, Number.Text(group.Count), group.First.UtcDateTime.ToString(time, CultureInfo.InvariantCulture),
            group.Last.UtcDateTime.ToString(time, CultureInfo.InvariantCulture),
        ];
    }

    private static string Json(DeadLetterGroup group, IReadOnlyList<DeadLetterField>? fields)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            if (fields is null)
                json.WriteBoolean("others", true);
            foreach (var (field, value) in (fields ?? []).Zip(group.Values))
                json.WriteString(field.Name(), value);
            json.WriteNumber("count", group.Count);
            json.WriteString("first", group.First.UtcDateTime);
            json.WriteString("last", group.Last.UtcDateTime);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
    }
}
