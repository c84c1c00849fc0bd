using System.Text.Json.Serialization;
using Dispatcher.Simulator.Wire;

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

    /// <summary>The error code of a reset, by default <see cref="InternalError"/>, or of a GOAWAY, by default none; the latter only on the wire ports.</summary>
    public int? Code { get; init; }

    /// <summary>Debug data of a GOAWAY; only on the wire ports.</summary>
    public string? Debug { get; init; }

    /// <summary>The last stream of a GOAWAY, by default the struck one; only on the wire ports.</summary>
    public GoAwayReach? LastStream { get; init; }

    /// <summary>What follows a GOAWAY, by default the answers to what is in flight; only on the wire ports.</summary>
    public GoAwayEnd? Then { get; init; }

    /// <summary>When a fault that keeps the answer back breaks in; absent: before the push was taken.</summary>
    public FaultMoment? After { get; init; }

    /// <summary>The share of matching requests that are hit, 0 to 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>After this many hits the fault is over; absent: it stays until it is taken away.</summary>
    public int? Count { get; init; }

    /// <summary>Time before it happens, on top of the general latency.</summary>
    public int LatencyMs { get; init; }

    /// <summary>Only targets that start so; absent: all.</summary>
    public string? TokenPrefix { get; init; }

    /// <summary>Only pushes of this app: an APNs bundle id or an FCM project; absent: all.</summary>
    public string? App { get; init; }

    /// <summary>Whether only the wire ports can do it.</summary>
    [JsonIgnore]
    public bool NeedsWire => Kind == FaultKind.Freeze || IsDetailedGoAway;

    /// <summary>Whether the provider never gets to take the push.</summary>
    internal bool BreaksBefore => BreaksIn && After != FaultMoment.Accepted;

    /// <summary>Whether the push stays without an answer because of it.</summary>
    internal bool BreaksIn =>
        Kind is FaultKind.Reset or FaultKind.Drop or FaultKind.Close or FaultKind.Stall or FaultKind.Freeze || EndsAtOnce || Disowns;

    private bool EndsAtOnce => Kind == FaultKind.GoAway && Then is GoAwayEnd.Close or GoAwayEnd.Drop;

    private bool Disowns => LastStream == GoAwayReach.Before;

    private bool IsDetailedGoAway => Kind == FaultKind.GoAway && (Code, Debug, LastStream, Then) is not (null, null, null, null);

    private bool Answers => Status != 200 || Reason is not null || RetryAfterSeconds is not null;

    /// <summary>Says what cannot be simulated, or <see langword="null"/>.</summary>
    public string? Problem() => this switch
    {
        _ when !Enum.IsDefined(Kind) => "kind must be answer, reset, goaway, drop, close, stall or freeze",
        { Status: not 200 and (< 400 or > 599) } => "status must be 200 or 400 to 599",
        { Kind: not FaultKind.Answer, Answers: true } => "status, reason and retryAfterSeconds belong to kind answer",
        { Kind: not (FaultKind.Reset or FaultKind.GoAway), Code: not null } => "code belongs to kinds reset and goaway",
        { Kind: not FaultKind.GoAway } when (Debug, LastStream, Then) is not (null, null, null) =>
            "debug, lastStream and then belong to kind goaway",
        { Code: < 0 or > LastErrorCode } => $"code must be 0 to {LastErrorCode}",
        { BreaksIn: false, After: not null } => "after belongs to kinds that keep the answer back",
        { Disowns: true, After: FaultMoment.Accepted } => "lastStream before says that nothing was taken: it cannot come after accepted",
        { Code: RefusedStream, After: FaultMoment.Accepted } => "code 7 (REFUSED_STREAM) says that nothing was taken: it cannot come after accepted",
        { After: { } after } when !Enum.IsDefined(after) => "after must be before or accepted",
        { Probability: not (>= 0 and <= 1) } => "probability must be 0 to 1",
        { Count: <= 0 } => "count must be positive",
        { LatencyMs: < 0 } => "latencyMs must not be negative",
        { RetryAfterSeconds: < 0 } => "retryAfterSeconds must not be negative",
        _ => null,
    };

    /// <summary>The GOAWAY for a request that it struck.</summary>
    internal GoAwayOrder GoAwayAt(int streamId) => new()
    {
        Code = Code ?? 0,
        Debug = Debug,
        LastStreamId = Disowns ? streamId - 1 : null,
        Then = Then ?? GoAwayEnd.Drain,
    };
}
