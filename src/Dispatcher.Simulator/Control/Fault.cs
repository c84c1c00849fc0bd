using System.Text.Json.Serialization;

namespace Dispatcher.Simulator.Control;

/// <summary>Something that goes wrong between a client and a provider. Set by <c>PUT</c> and <c>POST /faults/{provider}</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Fault
{
    /// <summary>RFC 9113 §7: INTERNAL_ERROR.</summary>
    public const int InternalError = 2;

    /// <summary>RFC 9113 §7: REFUSED_STREAM, "closed prior to any processing having occurred".</summary>
    public const int RefusedStream = 7;

    // RFC 9113 §7: HTTP_1_1_REQUIRED, the last of its list.
    private const int LastErrorCode = 13;

    /// <summary>What happens; by default an answer.</summary>
    public FaultKind Kind { get; init; }

    /// <summary>The HTTP status of an answer, 400 to 599; 200 leaves the answer as it is and only delays it.</summary>
    public int Status { get; init; } = 200;

    /// <summary>APNs reason or FCM error code; absent: what the provider usually says with that status.</summary>
    public string? Reason { get; init; }

    /// <summary>The <c>Retry-After</c> header, in seconds.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The error code of a reset; absent: <see cref="InternalError"/>.</summary>
    public int? Code { get; init; }

    /// <summary>When a reset, drop, close or stall breaks in; absent: before the push was taken.</summary>
    public FaultMoment? After { get; init; }

    /// <summary>The share of matching requests that are hit, 0 to 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>After this many hits the fault is over; absent: it stays until it is taken away.</summary>
    public int? Count { get; init; }

    /// <summary>Time before it happens, on top of the general latency.</summary>
    public int LatencyMs { get; init; }

    /// <summary>Only targets that start so; absent: all.</summary>
    public string? TokenPrefix { get; init; }

    /// <summary>Whether the provider never gets to take the push.</summary>
    internal bool BreaksBefore => BreaksIn && After != FaultMoment.Accepted;

    private bool BreaksIn => Kind is FaultKind.Reset or FaultKind.Drop or FaultKind.Close or FaultKind.Stall;

    private bool Answers => Status != 200 || Reason is not null || RetryAfterSeconds is not null;

    /// <summary>Says what cannot be simulated, or <see langword="null"/>.</summary>
    public string? Problem() => this switch
    {
        _ when !Enum.IsDefined(Kind) => "kind must be answer, reset, goaway, drop, close or stall",
        { Status: not 200 and (< 400 or > 599) } => "status must be 200 or 400 to 599",
        { Kind: not FaultKind.Answer, Answers: true } => "status, reason and retryAfterSeconds belong to kind answer",
        { Kind: not FaultKind.Reset, Code: not null } => "code belongs to kind reset",
        { Code: < 0 or > LastErrorCode } => $"code must be 0 to {LastErrorCode}",
        { BreaksIn: false, After: not null } => "after belongs to kinds reset, drop, close and stall",
        { Code: RefusedStream, After: FaultMoment.Accepted } => "code 7 (REFUSED_STREAM) says that nothing was taken: it cannot come after accepted",
        { After: { } after } when !Enum.IsDefined(after) => "after must be before or accepted",
        { Probability: not (>= 0 and <= 1) } => "probability must be 0 to 1",
        { Count: <= 0 } => "count must be positive",
        { LatencyMs: < 0 } => "latencyMs must not be negative",
        { RetryAfterSeconds: < 0 } => "retryAfterSeconds must not be negative",
        _ => null,
    };
}
