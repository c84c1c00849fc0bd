using System.Net;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>Which of a host's addresses to dial: those that carry the fewest connections first, and another one each time.</summary>
internal static class AddressOrder
{
    /// <summary>The family that the resolver prefers first.</summary>
    /// <param name="resolved">What the resolver said.</param>
    /// <param name="dial">Counts the dials: each starts at another address.</param>
    /// <param name="inUse">How many connections an address has.</param>
    public static IEnumerable<IPAddress> Of(IReadOnlyCollection<IPAddress> resolved, uint dial, Func<IPAddress, int> inUse)
    {
        foreach (var family in resolved.Distinct().GroupBy(address => address.AddressFamily))
        {
            // Resolvers shuffle or do not; sorted, the turn is ours.
            var sorted = family.OrderBy(address => address.ToString(), StringComparer.Ordinal).ToArray();
            var turned = sorted.Select((_, i) => sorted[(dial + i) % sorted.Length]);
            foreach (var address in turned.OrderBy(inUse))
                yield return address;
        }
    }
}
