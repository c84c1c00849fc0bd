using System.Text.Json.Serialization;
using Dispatcher.Simulator.Ledger;

namespace Dispatcher.Simulator.Control;

/// <summary>The answer of <c>GET /ledger/count</c>.</summary>
internal sealed record CountAnswer(long Count);

/// <summary>The answer of <c>GET /ledger/{id}</c>; more than one accepted means that a device may have got it twice.</summary>
internal sealed record IdAnswer(string Id, int Accepted, IReadOnlyList<LedgerEntry> Entries);

/// <summary>The body of <c>PUT /latency</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record LatencySetting(int Ms)
{
    /// <summary>Longer than any client waits.</summary>
    public const int MaxMs = 600_000;
}
