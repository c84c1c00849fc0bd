using System.Collections.Concurrent;

namespace Dispatcher.Simulator.Apns;

/// <summary>
/// What waits for devices that are offline: of each app the latest push, as Apple keeps it. Tokens that begin with <c>0ff1</c> are offline.
/// </summary>
public sealed class ApnsStore
{
    private const string OfflinePrefix = "0ff1";

    // Beyond it everything is forgotten, so that a load cannot fill the memory.
    private const int Bound = 100_000;

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, StoredPush>> _byToken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What a device would get when it comes back now, one for each app.</summary>
    public IReadOnlyCollection<StoredPush> Waiting(string token, DateTimeOffset now) => _byToken.TryGetValue(token, out var apps)
        ? [.. apps.Values.Where(push => push.Expiration is not { } until || until > now.ToUnixTimeSeconds())]
        : [];

    /// <summary>Forgets every device.</summary>
    public void Clear() => _byToken.Clear();

    internal void Keep(string token, string bundleId, in ApnsHeaders headers, DateTimeOffset now)
    {
        // 0 means one attempt: nothing is stored.
        if (!token.StartsWith(OfflinePrefix, StringComparison.OrdinalIgnoreCase) || headers.Expiration == 0)
            return;
        if (_byToken.Count >= Bound)
            _byToken.Clear();
        _byToken.GetOrAdd(token, _ => new(StringComparer.Ordinal))[bundleId] = new StoredPush(headers.Id, bundleId, headers.CollapseId, headers.Expiration, now);
    }
}

/// <summary>A push that waits for its device.</summary>
/// <param name="Id">Its <c>apns-id</c>.</param>
/// <param name="BundleId">Its app.</param>
/// <param name="CollapseId">What it replaces earlier ones by.</param>
/// <param name="Expiration">Until when, in Unix seconds; absent: as long as Apple likes.</param>
/// <param name="ReceivedAt">Since when.</param>
public sealed record StoredPush(Guid Id, string BundleId, string? CollapseId, long? Expiration, DateTimeOffset ReceivedAt);
