using System.Globalization;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>Dead letters as text: one line each where there is room, else two, so that ids can always be copied whole.</summary>
internal static class DeadLetterListing
{
    private const string Unknown = "-";
    private const int LongestWord = 28; // longer than any reason of either provider

    private static readonly string[] Headings = ["time (UTC)", "app", "provider", "reason", ">status", ">attempts", "push id", "position"];
    private static readonly string[] NarrowHeadings = ["time (UTC)", "app", "reason", ">status", ">attempts"];

    /// <summary>Lays the letters out.</summary>
    /// <param name="letters">In the order to show them.</param>
    /// <param name="width">The columns there are.</param>
    public static IReadOnlyList<string> Lines(IReadOnlyList<ListedDeadLetter> letters, int width)
    {
        var wide = TextTable.Lines(Headings, [.. letters.Select(Row)]).ToArray();
        return wide.Max(line => line.Length) <= width ? wide : Narrow(letters, width);
    }

    /// <summary>What a header says, on a screen: it may hold anything, and a terminal obeys control characters.</summary>
    /// <param name="text">The header's text.</param>
    /// <param name="longest">Characters at most.</param>
    public static string Word(string? text, int longest = LongestWord) =>
        string.IsNullOrEmpty(text) ? Unknown : TextTable.Fit(string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)), longest);

    private static List<string> Narrow(IReadOnlyList<ListedDeadLetter> letters, int width)
    {
        var table = TextTable.Lines(NarrowHeadings, [.. letters.Select(NarrowRow)]).ToArray();
        List<string> lines = [TextTable.Fit(table[0], width), TextTable.Fit("  push id, position", width)];
        for (var i = 0; i < letters.Count; i++)
        {
            lines.Add(TextTable.Fit(table[i + 1], width));
            lines.Add(TextTable.Fit($"  {Id(letters[i])}  {DeadLetterPosition.Text(letters[i].Position)}", width));
        }

        return lines;
    }

    private static string[] Row(ListedDeadLetter listed) =>
    [
        Time(listed, "yyyy-MM-dd HH:mm:ss"), Word(listed.Letter.App), Word(listed.Letter.Provider), Word(listed.Letter.Reason), Status(listed),
        Attempts(listed), Id(listed), DeadLetterPosition.Text(listed.Position),
    ];

    private static string[] NarrowRow(ListedDeadLetter listed) =>
        [Time(listed, "MM-dd HH:mm:ss"), Word(listed.Letter.App), Word(listed.Letter.Reason), Status(listed), Attempts(listed)];

    private static string Time(ListedDeadLetter listed, string format) =>
        listed.Letter.LastFailedAt.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);

    private static string Status(ListedDeadLetter listed) => listed.Letter.Status?.ToString(CultureInfo.InvariantCulture) ?? Unknown;

    private static string Attempts(ListedDeadLetter listed) => listed.Letter.Attempts.ToString(CultureInfo.InvariantCulture);

    private static string Id(ListedDeadLetter listed) => listed.Letter.PushId?.ToString() ?? Unknown;
}
