using System.Globalization;
using Dispatcher.Cli.Output;
using Spectre.Console;

namespace Dispatcher.Cli.Tail;

/// <summary>Shows lines: coloured and cut to the screen for a person, whole for everybody else.</summary>
/// <param name="terminal">Where.</param>
/// <param name="json">Whether as JSON.</param>
internal sealed class TailView(Terminal terminal, bool json)
{
    public void Show(TailLine line)
    {
        if (json)
        {
            terminal.Out.WriteLine(line.Json);
            return;
        }

        var (time, rest) = (line.At.UtcDateTime.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture), Rest(line));
        var text = $"{time} {line.Id?.ToString() ?? "-",-36} {line.Word} {rest}".TrimEnd();
        if (!terminal.IsInteractive)
        {
            terminal.Out.WriteLine(text);
            return;
        }

        var fitting = TextTable.Fit(text, terminal.Width - 1);
        var at = Math.Min(fitting.Length, text.IndexOf($" {line.Word} ", time.Length + 36, StringComparison.Ordinal) is >= 0 and var found ? found + 1 : fitting.Length);
        var end = Math.Min(fitting.Length, at + line.Word.Length);
        terminal.Screen.Write(new Paragraph(fitting[..at], new Style(decoration: Decoration.Dim))
            .Append(fitting[at..end], new Style(Colour(line)))
            .Append(fitting[end..])
            .Append("\n"));
    }

    private static string Rest(TailLine line) => string.Join(' ', line.Rest.Where(part => !string.IsNullOrEmpty(part)));

    private static Color Colour(TailLine line) => line.Outcome switch
    {
        "accepted" => Color.Green,
        "rejected" or "misconfigured" => Color.Red,
        _ => Color.Yellow,
    };
}
