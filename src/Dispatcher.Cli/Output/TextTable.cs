using System.Text;

namespace Dispatcher.Cli.Output;

/// <summary>Columns of plain text, aligned, without a frame: readable for people, and lines stay lines for grep and awk.</summary>
internal static class TextTable
{
    private const string Gap = "  ";

    /// <summary>Lays out rows under headings. Columns whose heading starts with <c>&gt;</c> are aligned to the right.</summary>
    /// <param name="headings">One per column.</param>
    /// <param name="rows">As many cells each.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var right = headings.Select(heading => heading.StartsWith('>')).ToArray();
        var titles = headings.Select(heading => heading.TrimStart('>')).ToArray();
        var widths = titles.Select((title, column) => rows.Select(row => row[column].Length).Append(title.Length).Max()).ToArray();

        string Line(IReadOnlyList<string> cells)
        {
            var line = new StringBuilder();
            for (var column = 0; column < cells.Count; column++)
            {
                if (column > 0)
                    line.Append(Gap);
                line.Append(right[column] ? cells[column].PadLeft(widths[column]) : cells[column].PadRight(widths[column]));
            }

            return line.ToString().TrimEnd();
        }

        return [Line(titles), .. rows.Select(Line)];
    }

    /// <summary>Cuts text to a width, with an ellipsis for what is gone.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">At least one.</param>
    public static string Fit(string text, int width) => text.Length <= width ? text : string.Concat(text.AsSpan(0, width - 1), "…");
}
