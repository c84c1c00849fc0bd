using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Dispatcher.Cli.Arguments;

/// <summary>Durations as people type them: <c>60ms</c>, <c>1.5s</c>, <c>5m</c>, <c>2h</c>, <c>7d</c>. A unit is required.</summary>
internal static class Duration
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), // before "s" and "m", which it ends and starts with
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    public static bool TryParse(string text, out TimeSpan duration) => TryParse(text, TimeSpan.FromDays(30), out duration);

    public static bool TryParse(string text, TimeSpan longest, out TimeSpan duration)
    {
        duration = default;
        foreach (var (unit, length) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal))
                continue;
            if (!TryParseNumber(text[..^unit.Length], out var number) || number > longest / length)
                return false;
            duration = number * length;
            return true;
        }

        return false;
    }

    /// <summary>The shortest way to say it: what <see cref="TryParse(string, out TimeSpan)"/> reads.</summary>
    /// <param name="duration">The duration.</param>
    public static string Text(TimeSpan duration)
    {
        var (unit, length) = duration < TimeSpan.FromSeconds(1) ? Units[0]
            : duration < TimeSpan.FromMinutes(2) ? Units[1]
            : duration < TimeSpan.FromHours(2) ? Units[2]
            : Units[3];
        return $"{(duration / length).ToString("0.###", CultureInfo.InvariantCulture)}{unit}";
    }

    internal static bool TryParseNumber([NotNullWhen(true)] string? text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
}
