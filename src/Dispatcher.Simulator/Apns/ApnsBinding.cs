using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Dispatcher.Simulator.Apns;

/// <summary>
/// What a connection has been used with: its first push binds it to a team and key, and its provider token may change every 20 minutes.
/// Source: Apple, "Establishing a token-based connection to APNs".
/// </summary>
internal sealed class ApnsBinding
{
    private static readonly TimeSpan MinRenewal = TimeSpan.FromMinutes(20);

    private readonly Lock _lock = new();
    private ApnsKey? _key;
    private DateTimeOffset _issuedAt;
    private DateTimeOffset _issuedBefore;
    private DateTimeOffset _since;

    /// <summary>That of the connection by which a request came.</summary>
    public static ApnsBinding Of(HttpContext context)
    {
        var items = context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items;
        lock (items)
        {
            if (!items.TryGetValue(typeof(ApnsBinding), out var binding))
                items[typeof(ApnsBinding)] = binding = new ApnsBinding();
            return (ApnsBinding)binding!;
        }
    }

    /// <summary>Judges a provider token that is good in itself.</summary>
    public ApnsReason? Problem(in ApnsProviderToken token, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_key is null)
                (_key, _issuedAt, _since) = (token.Key, token.IssuedAt, now);
            // Apple does not say which reason a second team gets.
            if (token.Key.TeamId != _key.TeamId)
                return ApnsReason.InvalidProviderToken;
            if (token.Key.KeyId != _key.KeyId)
                return ApnsReason.UnrelatedKeyIdInToken;
            // Requests with the token before may still be under way when the next one has come.
            if (token.IssuedAt == _issuedAt || token.IssuedAt == _issuedBefore)
                return null;
            if (now - _since < MinRenewal)
                return ApnsReason.TooManyProviderTokenUpdates;

            (_issuedBefore, _issuedAt, _since) = (_issuedAt, token.IssuedAt, now);
            return null;
        }
    }
}
