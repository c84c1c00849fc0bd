using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using Dispatcher.Core.Telemetry;
using Dispatcher.Core.Telemetry.Prometheus;
using OpenTelemetry.Metrics;

namespace Dispatcher.Architecture.Tests;

/// <summary>docs/metrics.md against the instruments that the code creates.</summary>
public sealed partial class MetricsPageTests
{
    private static readonly Dictionary<string, string> Rows = Row.Matches(Repository.Read("docs/metrics.md").ReplaceLineEndings("\n"))
        .ToDictionary(row => row.Groups["name"].Value, row => row.Groups["kind"].Value);

    [Fact]
    public void Every_instrument_has_a_row_and_every_row_an_instrument() => Assert.Equal(
        Instruments().Select(PrometheusNameOf).Order(StringComparer.Ordinal), Rows.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Rows_say_the_kind_that_the_code_has() => Assert.All(
        Instruments(), instrument => Assert.Equal((PrometheusNameOf(instrument), KindOf(instrument)), (PrometheusNameOf(instrument), Rows[PrometheusNameOf(instrument)])));

    [Fact]
    public void Every_instrument_says_what_it_is() =>
        Findings.AssertNone(Instruments().Where(instrument => string.IsNullOrEmpty(instrument.Description)).Select(instrument => instrument.Name));

    /// <summary>Makes one of each class of metrics, with nothing behind what it would observe.</summary>
    private static List<Instrument> Instruments()
    {
        using var meters = new ScopedMeters();
        var instruments = new List<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Scope == meters)
                instruments.Add(instrument);
        };
        listener.Start();
        foreach (var type in typeof(KafkaMetrics).Assembly.GetTypes())
        {
            if (type.Namespace != typeof(KafkaMetrics).Namespace || type.GetConstructors() is not [var constructor])
                continue;
            if (constructor.GetParameters() is not [{ ParameterType: var first }, ..] || first != typeof(IMeterFactory))
                continue;
            var made = constructor.Invoke([meters, .. constructor.GetParameters().Skip(1).Select(Anything)]);
            if (made is SchedulingMetrics scheduling)
                scheduling.Watch(() => 0, () => 0, () => 0); // the rest of its instruments
        }

        return instruments;
    }

    private static object Anything(ParameterInfo parameter) => parameter.ParameterType == typeof(string) ? "api" : () => 0;

    private static string PrometheusNameOf(Instrument instrument) => PrometheusName.Of(instrument.Name, instrument.Unit ?? "", KindOf(instrument) switch
    {
        "counter" => MetricType.LongSum,
        "histogram" => MetricType.Histogram,
        _ => MetricType.LongGauge,
    });

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "Histogram" => "histogram",
        "UpDownCounter" or "ObservableUpDownCounter" or "ObservableGauge" or "Gauge" => "gauge",
        var other => throw new NotSupportedException(other),
    };

    [GeneratedRegex(@"^\| `(?<name>[a-z0-9_]+)` \| (?<kind>counter|gauge|histogram) \|", RegexOptions.Multiline)]
    private static partial Regex Row { get; }

    private sealed class ScopedMeters : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            var meter = new Meter(options);
            _meters.Add(meter);
            return meter;
        }

        public void Dispose() => _meters.ForEach(meter => meter.Dispose());
    }
}
