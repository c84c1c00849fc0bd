namespace Dispatcher.Core.Telemetry;

/// <summary>What is recorded, section <c>Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>
    /// The share of requests that are traced although their caller has not decided; a caller's decision always holds. From 0 to 1, default 0.01:
    /// at a million pushes a second, a trace of each would cost more than the pushes. <c>OTEL_TRACES_SAMPLER</c> overrides it.
    /// </summary>
    public double TraceRatio { get; init; } = 0.01;

    /// <summary>What is wrong with them, each problem naming its value.</summary>
    public IEnumerable<string> Validate()
    {
        if (TraceRatio is not (>= 0 and <= 1))
            yield return $"Telemetry:TraceRatio is {TraceRatio}; it must be from 0 to 1.";
    }
}
