using System.Text.Json.Serialization;
using Dispatcher.Simulator.Apns;
using Dispatcher.Simulator.Ledger;
using Dispatcher.Simulator.Wire;

namespace Dispatcher.Simulator.Control;

/// <summary>The answer of <c>GET /ledger/count</c>.</summary>
internal sealed record CountAnswer(long Count);

/// <summary>The answer of <c>GET /ledger/{id}</c>; more than one accepted means that a device may have got it twice.</summary>
internal sealed record IdAnswer(string Id, int Accepted, IReadOnlyList<LedgerEntry> Entries);

/// <summary>The answer of <c>GET /offline/{token}</c>.</summary>
/// <param name="Waiting">What the device would get if it came back now.</param>
internal sealed record OfflineAnswer(IReadOnlyCollection<StoredPush> Waiting);

/// <summary>The body of <c>PUT /latency</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record LatencySetting(int Ms)
{
    /// <summary>Longer than any client waits.</summary>
    public const int MaxMs = 600_000;
}

/// <summary>The answer of <c>GET /wire/{provider}</c>.</summary>
/// <param name="Profile">How connections are treated.</param>
/// <param name="Accepted">Connections so far.</param>
/// <param name="Connections">Those that are open.</param>
internal sealed record WireAnswer(WireProfile Profile, int Accepted, IReadOnlyList<WireConnectionState> Connections);

/// <summary>The answer of <c>POST /wire/{provider}/goaway</c>.</summary>
/// <param name="LastStreamIds">What each connection named as its last stream.</param>
internal sealed record GoAwayAnswer(IReadOnlyList<int> LastStreamIds);

/// <summary>The answer of <c>GET /scenario</c>.</summary>
/// <param name="Name">Its own.</param>
/// <param name="Begun">How many steps have begun; one that repeats counts on.</param>
/// <param name="Steps">How many there are.</param>
/// <param name="IsOver">Nothing more comes.</param>
internal sealed record ScenarioAnswer(string? Name, int Begun, int Steps, bool IsOver);
