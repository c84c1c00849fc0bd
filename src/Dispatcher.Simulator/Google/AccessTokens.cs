using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Dispatcher.Simulator.Google;

/// <summary>The OAuth access tokens that are in force: only these open FCM.</summary>
/// <param name="time">The clock that they expire on.</param>
public sealed class AccessTokens(TimeProvider time)
{
    /// <summary>How long a token is good for, as Google's are.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private const string Scheme = "Bearer ";

    private readonly ConcurrentDictionary<string, Grant> _grants = new(StringComparer.Ordinal);

    /// <summary>A token in force from now on.</summary>
    /// <param name="projectId">The only project that it opens; absent: every one.</param>
    public string Issue(string? projectId = null)
    {
        var now = time.GetUtcNow();
        foreach (var (token, grant) in _grants)
        {
            if (grant.Expiry <= now)
                _grants.TryRemove(token, out _);
        }

        var issued = $"ya29.simulator-{RandomNumberGenerator.GetHexString(64, lowercase: true)}";
        _grants[issued] = new Grant(now + Lifetime, projectId);
        return issued;
    }

    /// <summary>Takes every token out of force: the next push is answered 401.</summary>
    public void RevokeAll() => _grants.Clear();

    /// <summary>Judges an <c>Authorization</c> header.</summary>
    /// <param name="authorization">The header.</param>
    /// <param name="now">When.</param>
    /// <param name="projectId">What it opens; <see langword="null"/>: everything.</param>
    internal bool Accepts(string? authorization, DateTimeOffset now, out string? projectId)
    {
        projectId = null;
        if (authorization is null
            || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || !_grants.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(authorization.AsSpan(Scheme.Length), out var grant)
            || grant.Expiry <= now)
            return false;
        projectId = grant.ProjectId;
        return true;
    }

    private readonly record struct Grant(DateTimeOffset Expiry, string? ProjectId);
}
