using System.Globalization;

namespace Dispatcher.Cli.Arguments;

/// <summary>An instant as people type it: how long ago (<c>2h</c>, <c>7d</c>), or a date with or without a time, UTC unless it says otherwise.</summary>
internal static class Moment
{
    /// <summary>What to show to someone who got it wrong.</summary>
    public const string Expected = "a time such as 2h or 7d (ago), 2026-11-20 or 2026-11-20T10:00Z";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    public static bool TryParse(string text, DateTimeOffset now, out DateTimeOffset moment)
    {
        moment = default;
        if (Duration.TryParse(text, Longest, out var ago))
        {
            moment = now - ago;
            return true;
        }

        // Only with a date in front: a time of day alone would be read as today's, and nobody can tell whose today.
        return text.Length >= 10 && text[4] == '-' && text[7] == '-' && DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment);
    }
}
