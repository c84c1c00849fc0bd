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
