using System.Text.Json.Serialization;
using Dispatcher.Simulator.Control;
using Dispatcher.Simulator.Wire;

namespace Dispatcher.Simulator.Scenarios;

/// <summary>One thing that happens, and when. Exactly one of the things is there.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ScenarioStep
{
    private const double LongestSeconds = 86_400;

    /// <summary>Seconds since the scenario began.</summary>
    public double At { get; init; }

    /// <summary>Seconds until it is over; absent: it stays, or is over at once.</summary>
    public double? For { get; init; }

    /// <summary><c>apns</c> or <c>fcm</c>, for all but latency and revoked tokens.</summary>
    public string? Provider { get; init; }

    /// <summary>As in <c>POST /faults/{provider}</c>.</summary>
    public Fault? Fault { get; init; }

    /// <summary>As in <c>PUT /wire/{provider}</c>.</summary>
    public WireProfile? Wire { get; init; }

    /// <summary>As in <c>POST /wire/{provider}/goaway</c>.</summary>
    public GoAwayOrder? GoAway { get; init; }

    /// <summary>As in <c>PUT /latency</c>.</summary>
    public int? LatencyMs { get; init; }

    /// <summary>As in <c>DELETE /access-tokens</c>.</summary>
    public bool RevokeAccessTokens { get; init; }

    internal double End => At + (For ?? 0);

    private bool NeedsProvider => Fault is not null || Wire is not null || GoAway is not null;

    /// <summary>Says what cannot be played, or <see langword="null"/>.</summary>
    public string? Problem() => this switch
    {
        { At: not (>= 0 and <= LongestSeconds) } => $"at must be 0 to {LongestSeconds} seconds",
        { For: not null and not (> 0 and <= LongestSeconds) } => $"for must be above 0, at most {LongestSeconds} seconds",
        _ when new object?[] { Fault, Wire, GoAway, LatencyMs, RevokeAccessTokens ? true : null }.Count(thing => thing is not null) != 1 =>
            "exactly one of fault, wire, goAway, latencyMs, revokeAccessTokens must be there",
        { NeedsProvider: true, Provider: not ("apns" or "fcm") } => "provider must be apns or fcm",
        { NeedsProvider: false, Provider: not null } => "latencyMs and revokeAccessTokens are for both providers",
        { For: not null, GoAway: not null } or { For: not null, RevokeAccessTokens: true } => "goAway and revokeAccessTokens take no time",
        { LatencyMs: not null and not (>= 0 and <= LatencySetting.MaxMs) } => $"latencyMs must be 0 to {LatencySetting.MaxMs}",
        _ => Fault?.Problem() ?? Wire?.Problem() ?? GoAway?.Problem(),
    };
}
