using System.Globalization;
using OpenTelemetry.Trace;

namespace Dispatcher.Core.Telemetry;

/// <summary>Which traces are recorded: what the caller decided, or else a share; and what is linked to a trace that is recorded.</summary>
internal static class TraceSampling
{
    /// <summary>The sampler that <c>OTEL_TRACES_SAMPLER</c> names.</summary>
    /// <param name="name">Its name; empty for a share that callers may overrule.</param>
    /// <param name="argument"><c>OTEL_TRACES_SAMPLER_ARG</c>: the share.</param>
    /// <param name="ratio">The share, unless there is such an argument.</param>
    /// <exception cref="InvalidOperationException">There is no such sampler, or the argument is no share.</exception>
    public static Sampler Of(string? name, string? argument, double ratio) => name switch
    {
        null or "" or "parentbased_traceidratio" => Overruled(new TraceIdRatioBasedSampler(Share(argument, ratio))),
        "parentbased_always_on" => Overruled(new AlwaysOnSampler()),
        "parentbased_always_off" => Overruled(new AlwaysOffSampler()),
        "traceidratio" => new TraceIdRatioBasedSampler(Share(argument, ratio)),
        "always_on" => new AlwaysOnSampler(),
        "always_off" => new AlwaysOffSampler(),
        _ => throw new InvalidOperationException(
            $"OTEL_TRACES_SAMPLER is '{name}'; it must be always_on, always_off, traceidratio, or one of these after parentbased_."),
    };

    private static ParentBasedSampler Overruled(Sampler root) => new(new LinkedSampler(root));

    private static double Share(string? argument, double ratio)
    {
        if (argument is null or "")
            return ratio;
        return double.TryParse(argument, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1
            ? share
            : throw new InvalidOperationException($"OTEL_TRACES_SAMPLER_ARG is '{argument}'; it must be from 0 to 1.");
    }

    /// <summary>A trace that goes on from a recorded one, such as a batch's line or a replay, is recorded as well.</summary>
    private sealed class LinkedSampler(Sampler root) : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
        {
            foreach (var link in samplingParameters.Links ?? [])
            {
                if (link.Context.TraceFlags.HasFlag(System.Diagnostics.ActivityTraceFlags.Recorded))
                    return new SamplingResult(SamplingDecision.RecordAndSample);
            }

            return root.ShouldSample(samplingParameters);
        }
    }
}
