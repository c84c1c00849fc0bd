using System.CommandLine.Parsing;
using System.Globalization;

namespace Dispatcher.Simulator;

/// <summary>A time as people type it: <c>60ms</c>, <c>1.5s</c>, or a bare number of milliseconds.</summary>
internal static class LatencyText
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public static TimeSpan Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (TryParse(text, out var latency))
            return latency;

        result.AddError($"--latency must be such as 60ms or 1.5s, at most 10 minutes, not {text}");
        return default;
    }

    public static bool TryParse(string text, out TimeSpan latency)
    {
        var (number, unit) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], 1d),
            _ when text.EndsWith('s') => (text[..^1], 1000d),
            _ => (text, 1d),
        };
        latency = default;
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            || value * unit > Longest.TotalMilliseconds)
            return false;

        latency = TimeSpan.FromMilliseconds(value * unit);
        return true;
    }
}
