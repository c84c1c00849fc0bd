using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Dispatcher.Simulator.Google;

/// <summary>The OAuth access tokens that are in force: only these open FCM.</summary>
/// <param name="time">The clock that they expire on.</param>
public sealed class AccessTokens(TimeProvider time)
{
    /// <summary>How long a token is good for, as Google's are.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _expiryByToken = new(StringComparer.Ordinal);

    /// <summary>A token in force from now on.</summary>
    public string Issue()
    {
        var now = time.GetUtcNow();
        foreach (var (token, expiry) in _expiryByToken)
        {
            if (expiry <= now)
                _expiryByToken.TryRemove(token, out _);
        }

        var issued = $"ya29.simulator-{RandomNumberGenerator.GetHexString(64, lowercase: true)}";
        _expiryByToken[issued] = now + Lifetime;
        return issued;
    }

    /// <summary>Takes every token out of force: the next push is answered 401.</summary>
    public void RevokeAll() => _expiryByToken.Clear();

    /// <summary>Judges an <c>Authorization</c> header.</summary>
    internal bool Accepts(string? authorization, DateTimeOffset now)
    {
        const string Scheme = "Bearer ";
        return authorization is not null
            && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && _expiryByToken.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(authorization.AsSpan(Scheme.Length), out var expiry)
            && expiry > now;
    }
}
