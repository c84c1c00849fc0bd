using System.Text.Json.Serialization;

namespace Dispatcher.Simulator.Control;

/// <summary>An answer that replaces the provider's own. Set by <c>PUT /faults/{provider}</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Fault
{
    /// <summary>The HTTP status, 400 to 599; 200 leaves the answer as it is and only delays it.</summary>
    public int Status { get; init; } = 200;

    /// <summary>APNs reason or FCM error code; absent: what the provider usually says with that status.</summary>
    public string? Reason { get; init; }

    /// <summary>The <c>Retry-After</c> header, in seconds.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The share of matching requests that are hit, 0 to 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>After this many hits the fault is over; absent: it stays until it is taken away.</summary>
    public int? Count { get; init; }

    /// <summary>Time before the answer, on top of the general latency.</summary>
    public int LatencyMs { get; init; }

    /// <summary>Only targets that start so; absent: all.</summary>
    public string? TokenPrefix { get; init; }

    /// <summary>Says what cannot be simulated, or <see langword="null"/>.</summary>
    public string? Problem() => this switch
    {
        { Status: not 200 and (< 400 or > 599) } => "status must be 200 or 400 to 599",
        { Probability: not (>= 0 and <= 1) } => "probability must be 0 to 1",
        { Count: <= 0 } => "count must be positive",
        { LatencyMs: < 0 } => "latencyMs must not be negative",
        { RetryAfterSeconds: < 0 } => "retryAfterSeconds must not be negative",
        _ => null,
    };
}
