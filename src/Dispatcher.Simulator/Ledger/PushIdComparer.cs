namespace Dispatcher.Simulator.Ledger;

/// <summary>Ids are the same whatever their case; of an FCM message name only the last segment counts.</summary>
internal sealed class PushIdComparer : IEqualityComparer<string>
{
    public bool Equals(string? left, string? right) =>
        LastSegment(left).Equals(LastSegment(right), StringComparison.OrdinalIgnoreCase);

    public int GetHashCode(string id) => string.GetHashCode(LastSegment(id), StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<char> LastSegment(ReadOnlySpan<char> id) => id[(id.LastIndexOf('/') + 1)..];
}
