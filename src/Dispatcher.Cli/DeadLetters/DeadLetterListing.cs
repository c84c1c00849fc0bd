using System.Globalization;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>Dead letters as text: one line each where there is room, else two, so that ids can always be copied whole.</summary>
internal static class DeadLetterListing
{
    private const string Unknown = "-";
    private const int LongestWord = 28; // longer than any reason of either provider

    private static readonly string[] Headings = ["time (UTC)", "app", "provider", "reason", ">status", ">attempts", "push id", "origin"];
    private static readonly string[] NarrowHeadings = ["time (UTC)", "app", "reason", ">status", ">attempts"];

    /// <summary>Lays the letters out.</summary>
    /// <param name="letters">In the order to show them.</param>
    /// <param name="width">The columns there are.</param>
    public static IReadOnlyList<string> Lines(IReadOnlyList<DeadLetter> letters, int width)
    {
        var wide = TextTable.Lines(Headings, [.. letters.Select(Row)]).ToArray();
        return wide.Max(line => line.Length) <= width ? wide : Narrow(letters, width);
    }

    private static List<string> Narrow(IReadOnlyList<DeadLetter> letters, int width)
    {
        var table = TextTable.Lines(NarrowHeadings, [.. letters.Select(NarrowRow)]).ToArray();
        List<string> lines = [TextTable.Fit(table[0], width), TextTable.Fit("  push id, origin", width)];
        for (var i = 0; i < letters.Count; i++)
        {
            lines.Add(TextTable.Fit(table[i + 1], width));
            lines.Add(TextTable.Fit($"  {Id(letters[i])}  {Origin(letters[i])}", width));
        }

        return lines;
    }

    private static string[] Row(DeadLetter letter) =>
    [
        Time(letter, "yyyy-MM-dd HH:mm:ss"), Word(letter.App), Word(letter.Provider), Word(letter.Reason), Status(letter), Attempts(letter),
        Id(letter), Origin(letter),
    ];

    private static string[] NarrowRow(DeadLetter letter) =>
        [Time(letter, "MM-dd HH:mm:ss"), Word(letter.App), Word(letter.Reason), Status(letter), Attempts(letter)];

    private static string Time(DeadLetter letter, string format) =>
        letter.LastFailedAt.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);

    // A header may hold anything, a terminal obeys control characters.
    private static string Word(string? text) => string.IsNullOrEmpty(text)
        ? Unknown
        : TextTable.Fit(string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)), LongestWord);

    private static string Status(DeadLetter letter) => letter.Status?.ToString(CultureInfo.InvariantCulture) ?? Unknown;

    private static string Attempts(DeadLetter letter) => letter.Attempts.ToString(CultureInfo.InvariantCulture);

    private static string Id(DeadLetter letter) => letter.PushId?.ToString() ?? Unknown;

    private static string Origin(DeadLetter letter) =>
        string.Create(CultureInfo.InvariantCulture, $"{letter.OriginalTopic}/{letter.OriginalPartition}@{letter.OriginalOffset}");
}
