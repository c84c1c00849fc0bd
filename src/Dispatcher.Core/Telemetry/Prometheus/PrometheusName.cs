using System.Text;
using OpenTelemetry.Metrics;

namespace Dispatcher.Core.Telemetry.Prometheus;

/// <summary>
/// What a metric is called in Prometheus: <c>dispatcher.attempt.duration</c> in seconds is <c>dispatcher_attempt_duration_seconds</c>.
/// Source: OpenTelemetry, "Prometheus and OpenMetrics compatibility".
/// </summary>
internal static class PrometheusName
{
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["By"] = "bytes",
        ["1"] = "ratio",
        ["%"] = "percent",
    };

    /// <summary>The name of a metric.</summary>
    /// <param name="metric">The metric.</param>
    public static string Of(Metric metric) => Of(metric.Name, metric.Unit, metric.MetricType);

    /// <summary>The name of a metric.</summary>
    /// <param name="name">Its name in OpenTelemetry.</param>
    /// <param name="unit">Its unit in UCUM; one in braces only says what is counted.</param>
    /// <param name="type">What it is.</param>
    public static string Of(string name, string unit, MetricType type)
    {
        var made = new StringBuilder(Word(name));
        var isCounter = type is MetricType.LongSum or MetricType.DoubleSum;
        if (Units.TryGetValue(unit, out var word) && !(unit == "1" && (isCounter || type.IsHistogram())) && !Ends(made, word))
            made.Append('_').Append(word);
        if (isCounter && !Ends(made, "total"))
            made.Append("_total");
        return made.ToString();
    }

    /// <summary>A name with nothing but letters, digits and underscores.</summary>
    /// <param name="name">Any name.</param>
    public static string Word(string name)
    {
        var word = string.Create(name.Length, name, static (made, name) =>
        {
            for (var i = 0; i < made.Length; i++)
                made[i] = char.IsAsciiLetterOrDigit(name[i]) ? name[i] : '_';
        });
        return word.Length > 0 && char.IsAsciiDigit(word[0]) ? $"_{word}" : word;
    }

    private static bool Ends(StringBuilder name, string word) => name.ToString().EndsWith($"_{word}", StringComparison.Ordinal);
}
