namespace Dispatcher.Simulator.Wire;

/// <summary>One open connection, as <c>GET /wire/{provider}</c> shows it.</summary>
/// <param name="Id">Counts up from 1.</param>
/// <param name="OpenedAt">When its client had connected.</param>
/// <param name="StreamLimit">What it was told last; nothing before its SETTINGS.</param>
/// <param name="OpenStreams">Requests without an answer.</param>
/// <param name="Requests">Taken so far.</param>
/// <param name="Refused">Streams refused so far.</param>
/// <param name="Pings">PINGs from the client so far.</param>
/// <param name="IsGoingAway">It has been sent GOAWAY.</param>
public sealed record WireConnectionState(
    int Id, DateTimeOffset OpenedAt, int? StreamLimit, int OpenStreams, long Requests, long Refused, long Pings, bool IsGoingAway);
