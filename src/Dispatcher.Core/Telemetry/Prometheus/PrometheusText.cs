using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Dispatcher.Core.Telemetry.Prometheus;

/// <summary>Metrics in Prometheus' text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    /// <summary>Writes metrics. Those of one name (two meters may have it) stand together, as the format demands.</summary>
    /// <param name="metrics">What was collected.</param>
    public static string Write(IEnumerable<Metric> metrics)
    {
        var text = new StringBuilder(32 * 1024);
        foreach (var family in metrics.Where(IsKnown).GroupBy(PrometheusName.Of).OrderBy(family => family.Key, StringComparer.Ordinal))
        {
            var first = family.First();
            if (first.Description.Length > 0)
                text.Append("# HELP ").Append(family.Key).Append(' ').Append(Escaped(first.Description, quotes: false)).Append('\n');
            text.Append("# TYPE ").Append(family.Key).Append(' ').Append(TypeOf(first.MetricType)).Append('\n');
            foreach (var metric in family)
                WriteSamples(text, family.Key, metric);
        }

        return text.ToString();
    }

    private static void WriteSamples(StringBuilder text, string name, Metric metric)
    {
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            var labels = Labels(point.Tags);
            switch (metric.MetricType)
            {
                case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                    Sample(text, name, labels, point.GetSumLong());
                    break;
                case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                    Sample(text, name, labels, point.GetSumDouble());
                    break;
                case MetricType.LongGauge:
                    Sample(text, name, labels, point.GetGaugeLastValueLong());
                    break;
                case MetricType.DoubleGauge:
                    Sample(text, name, labels, point.GetGaugeLastValueDouble());
                    break;
                default:
                    WriteHistogram(text, name, labels, point);
                    break;
            }
        }
    }

    /// <summary>Buckets are cumulative here and not in OpenTelemetry; the last one is <c>+Inf</c> and equals the count.</summary>
    private static void WriteHistogram(StringBuilder text, string name, string labels, in MetricPoint point)
    {
        long cumulated = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            cumulated += bucket.BucketCount;
            var bound = $"le=\"{Number(bucket.ExplicitBound)}\"";
            Sample(text, $"{name}_bucket", labels.Length > 0 ? $"{labels},{bound}" : bound, cumulated);
        }

        Sample(text, $"{name}_sum", labels, point.GetHistogramSum());
        Sample(text, $"{name}_count", labels, cumulated); // not the point's own, which may be ahead of the buckets by now
    }

    private static void Sample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Labels(ReadOnlyTagCollection tags)
    {
        var labels = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            if (value is null)
                continue; // an empty label is no label
            if (labels.Length > 0)
                labels.Append(',');
            labels.Append(PrometheusName.Word(name)).Append("=\"");
            labels.Append(Escaped(Convert.ToString(value, CultureInfo.InvariantCulture)!, quotes: true)).Append('"');
        }

        return labels.ToString();
    }

    private static string Escaped(string text, bool quotes)
    {
        var escaped = text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString(CultureInfo.InvariantCulture),
    };

    private static string TypeOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.Histogram => "histogram",
        _ => "gauge",
    };

    /// <summary>Exponential histograms have no form in this format, and we have none.</summary>
    private static bool IsKnown(Metric metric) => metric.MetricType != MetricType.ExponentialHistogram;
}
