using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Dispatcher.Core.Telemetry.Prometheus;

/// <summary>
/// What <c>/metrics</c> answers: every meter of ours and of the runtime, collected when somebody asks. With
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> set, a collector gets the same by itself.
/// </summary>
public sealed class MetricsPage : IDisposable
{
    /// <summary>The content type of the page.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>
    /// Series of one metric that has apps among its labels: some thousand apps, or a thousand with all outcomes. The SDK's default of 2,000 would put
    /// whatever comes later under one label; it allocates some 100 bytes for each at once, so the others keep the default.
    /// </summary>
    private const int SeriesOfApps = 10_000;

    private static readonly MetricStreamConfiguration OfApps = new() { CardinalityLimit = SeriesOfApps };

    private readonly Snapshot _snapshot = new();
    private readonly MeterProvider _provider;
    private readonly Lock _lock = new();

    /// <summary>Starts to listen; what was counted before is not seen.</summary>
    /// <param name="service">What the process is, e.g. <c>dispatcher-worker</c>.</param>
    /// <param name="otlp">Whether to send to a collector, too; the OTEL_… variables say where and how.</param>
    public MetricsPage(string service, bool otlp)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService(
                service, serviceVersion: ServiceIdentity.Version, serviceInstanceId: ServiceIdentity.Instance))
            .AddMeter("Dispatcher.*", "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Hosting")
            .AddView(instrument => HasApps(instrument) ? OfApps : null)
            .AddReader(new BaseExportingMetricReader(_snapshot) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative });
        if (otlp)
            builder.AddOtlpExporter();
        _provider = builder.Build();
    }

    /// <summary>The page as it is now.</summary>
    public string Read()
    {
        lock (_lock)
        {
            _snapshot.Collect!(Timeout.Infinite);
            return _snapshot.Text;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _provider.Dispose();

    private static bool HasApps(Instrument instrument) =>
        instrument.Meter.Name is SendingMetrics.MeterName or CredentialMetrics.MeterName
        || instrument.Name is "dispatcher.pushes.accepted" or "dispatcher.pushes.settled" or "dispatcher.push.age" or "dispatcher.tokens.invalid";

    [ExportModes(ExportModes.Pull)]
    private sealed class Snapshot : BaseExporter<Metric>, IPullMetricExporter
    {
        /// <summary>The reader's own way in, which it sets.</summary>
        public Func<int, bool>? Collect { get; set; }

        public string Text { get; private set; } = "";

        public override ExportResult Export(in Batch<Metric> batch)
        {
            var metrics = new List<Metric>();
            foreach (var metric in batch)
                metrics.Add(metric);
            Text = PrometheusText.Write(metrics);
            return ExportResult.Success;
        }
    }
}
