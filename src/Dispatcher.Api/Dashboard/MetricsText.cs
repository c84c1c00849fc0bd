using System.Globalization;
using System.Text;

namespace Dispatcher.Api.Dashboard;

/// <summary>Reads Prometheus' text format, as another instance wrote it; what is no sample is passed over.</summary>
internal static class MetricsText
{
    /// <summary>Reads the samples of some metrics.</summary>
    /// <param name="text">The page.</param>
    /// <param name="metrics">The metrics, by name.</param>
    /// <param name="take">Gets each sample's metric, labels and value.</param>
    /// <typeparam name="T">What the metrics are.</typeparam>
    public static void Read<T>(string text, Dictionary<string, T> metrics, Action<T, Dictionary<string, string>, double> take)
    {
        var known = metrics.GetAlternateLookup<ReadOnlySpan<char>>();
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan(range);
            var end = line.IndexOfAny('{', ' ');
            if (end <= 0 || !known.TryGetValue(line[..end], out var metric))
                continue;
            labels.Clear();
            var rest = line[end..];
            if (rest[0] == '{' && !TakeLabels(ref rest, labels))
                continue;
            rest = rest.Trim();
            var value = rest.IndexOf(' ') is >= 0 and var space ? rest[..space] : rest; // a time may follow
            if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
                take(metric, labels, number);
        }
    }

    /// <summary>Takes <c>{name="value",…}</c> off the line; false when it is not that.</summary>
    private static bool TakeLabels(ref ReadOnlySpan<char> line, Dictionary<string, string> labels)
    {
        line = line[1..];
        while (line.Length > 0 && line[0] != '}')
        {
            var equals = line.IndexOf("=\"");
            if (equals < 0)
                return false;
            var name = line[..equals].Trim();
            line = line[(equals + 2)..];
            if (TakeValue(ref line) is not { } value)
                return false;
            labels[name.ToString()] = value;
            if (line.Length > 0 && line[0] == ',')
                line = line[1..];
        }

        if (line.Length == 0)
            return false;
        line = line[1..];
        return true;
    }

    private static string? TakeValue(ref ReadOnlySpan<char> line)
    {
        var value = new StringBuilder();
        for (var i = 0; i < line.Length; i++)
        {
            switch (line[i])
            {
                case '"':
                    line = line[(i + 1)..];
                    return value.ToString();
                case '\\' when i + 1 < line.Length:
                    i++;
                    value.Append(line[i] == 'n' ? '\n' : line[i]);
                    break;
                default:
                    value.Append(line[i]);
                    break;
            }
        }

        return null;
    }
}
