using System.Globalization;

namespace Dispatcher.Chaos.Stage;

/// <summary>A line that an executable logged.</summary>
/// <param name="At">When.</param>
/// <param name="Level"><c>info</c>, <c>warn</c>, <c>fail</c>, <c>crit</c>.</param>
/// <param name="Text">The rest of the line: category, event and message.</param>
internal sealed record LogLine(DateTimeOffset At, string Level, string Text)
{
    public const string TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";

    /// <summary>Reads a line; <see langword="null"/> when nobody logged it.</summary>
    public static LogLine? Read(string line)
    {
        // 2026-01-31T08:00:00.000Z info: Dispatcher.Worker.Consuming.Pump[1] apns.urgent: assigned …
        var end = TimestampFormat.Length;
        return line.Length > end + 6
            && line[end + 4] == ':'
            && DateTimeOffset.TryParse(line.AsSpan(0, end), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? new LogLine(at, line.Substring(end, 4), line[(end + 6)..])
                : null;
    }
}
