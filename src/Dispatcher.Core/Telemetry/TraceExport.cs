using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Dispatcher.Core.Telemetry;

/// <summary>
/// Sends spans to a collector. Only with <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>; without it nobody listens, so no span is made, and a context that is
/// sampled travels all the same. Bounded by the SDK's queue (<c>OTEL_BSP_MAX_QUEUE_SIZE</c>, 2048 spans); when full, spans are dropped.
/// </summary>
public sealed class TraceExport : IDisposable
{
    private readonly TracerProvider _provider;

    private TraceExport(TracerProvider provider) => _provider = provider;

    /// <summary>Starts to send, if the environment says where to.</summary>
    /// <param name="service">What the process is, e.g. <c>dispatcher-worker</c>.</param>
    /// <param name="options">Valid.</param>
    /// <param name="environment">Reads a variable.</param>
    /// <exception cref="InvalidOperationException">A variable has a value that means nothing.</exception>
    public static TraceExport? Start(string service, TelemetryOptions options, Func<string, string?> environment)
    {
        if (environment("OTEL_EXPORTER_OTLP_ENDPOINT") is not { Length: > 0 })
            return null;
        return new TraceExport(Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService(service, serviceVersion: typeof(TraceExport).Assembly.GetName().Version?.ToString(3)))
            .SetSampler(TraceSampling.Of(environment("OTEL_TRACES_SAMPLER"), environment("OTEL_TRACES_SAMPLER_ARG"), options.TraceRatio))
            .AddSource(PublishTraces.SourceName, DispatchTraces.SourceName, SendingTraces.SourceName, "Microsoft.AspNetCore")
            .AddOtlpExporter()
            .Build());
    }

    /// <summary>Sends what is left, for as long as the SDK has patience.</summary>
    public void Dispose() => _provider.Dispose();
}
