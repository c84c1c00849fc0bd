using System.Globalization;
using System.Text.RegularExpressions;

namespace Dispatcher.Testing;

/// <summary>
/// A page in Prometheus' text format 0.0.4, read strictly: each family has one TYPE, before its samples, which stand together; no series comes
/// twice; buckets are cumulative, ascending and end with <c>+Inf</c>, which equals the count. Anything else is a <see cref="FormatException"/>.
/// </summary>
public sealed partial class PrometheusPage
{
    private readonly Dictionary<string, double> _series = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);

    public PrometheusPage(string text)
    {
        if (!text.EndsWith('\n'))
            throw new FormatException("The last line does not end.");
        string? family = null;
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
                continue;
            if (TypeLine.Match(line) is { Success: true } type)
            {
                family = type.Groups["name"].Value;
                if (!_types.TryAdd(family, type.Groups["type"].Value))
                    throw new FormatException($"A second TYPE: {line}");
                continue;
            }

            Take(line, family);
        }

        foreach (var (name, _) in _types.Where(type => type.Value == "histogram"))
            CheckBuckets(name);
    }

    /// <summary>Every family with its type.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    /// <summary>Every series: name, and labels in the order of their names, as <c>name{a="b"}</c>.</summary>
    public IReadOnlyDictionary<string, double> Series => _series;

    /// <summary>The sum of all series of a name that have these labels.</summary>
    /// <param name="name">The name.</param>
    /// <param name="labels">Labels as they stand there, e.g. <c>a="b"</c>.</param>
    /// <returns><see langword="null"/> when there are none.</returns>
    public double? Sum(string name, params ReadOnlySpan<string> labels)
    {
        double? sum = null;
        foreach (var (series, value) in _series)
        {
            var isMeant = series == name || series.StartsWith($"{name}{{", StringComparison.Ordinal);
            foreach (var label in labels)
                isMeant &= series.Contains(label, StringComparison.Ordinal);
            if (isMeant)
                sum = (sum ?? 0) + value;
        }

        return sum;
    }

    private void Take(string line, string? family)
    {
        if (SampleLine.Match(line) is not { Success: true } sample)
            throw new FormatException($"No sample: {line}");
        var name = sample.Groups["name"].Value;
        if (family is null || !NamesOf(family).Contains(name))
            throw new FormatException($"It stands under {family}: {line}");
        var labels = sample.Groups["label"].Captures.Select(label => label.Value).Order(StringComparer.Ordinal).ToArray();
        if (labels.Select(label => label.Split('=')[0]).Distinct().Count() != labels.Length)
            throw new FormatException($"A label comes twice: {line}");
        var series = labels.Length == 0 ? name : $"{name}{{{string.Join(',', labels)}}}";
        if (!_series.TryAdd(series, Number(sample.Groups["value"].Value)))
            throw new FormatException($"A second time: {line}");
    }

    private string[] NamesOf(string family) => _types[family] == "histogram" ? [$"{family}_bucket", $"{family}_sum", $"{family}_count"] : [family];

    private void CheckBuckets(string family)
    {
        var buckets = _series.Where(series => series.Key.StartsWith($"{family}_bucket{{", StringComparison.Ordinal)).Select(series => (
            Of: Bound.Replace(series.Key, "").Replace(",}", "}", StringComparison.Ordinal).Replace("{}", "", StringComparison.Ordinal),
            Bound: Number(Bound.Match(series.Key).Groups["bound"].Value),
            series.Value));
        foreach (var histogram in buckets.GroupBy(bucket => bucket.Of))
        {
            var ascending = histogram.OrderBy(bucket => bucket.Bound).ToArray();
            if (ascending.Zip(ascending.Skip(1)).Any(pair => pair.First.Value > pair.Second.Value))
                throw new FormatException($"{histogram.Key} is not cumulative.");
            var count = histogram.Key.Replace("_bucket", "_count", StringComparison.Ordinal);
            if (ascending[^1].Bound != double.PositiveInfinity || !_series.TryGetValue(count, out var all) || all != ascending[^1].Value)
                throw new FormatException($"{histogram.Key} does not end with its count.");
        }
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex("^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram)$")]
    private static partial Regex TypeLine { get; }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{((?<label>[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*")(,(?!\})|(?=\})))+\})? (?<value>\S+)$""")]
    private static partial Regex SampleLine { get; }

    [GeneratedRegex("le=\"(?<bound>[^\"]*)\",?")]
    private static partial Regex Bound { get; }
}
