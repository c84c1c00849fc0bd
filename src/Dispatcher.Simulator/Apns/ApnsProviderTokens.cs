using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Dispatcher.Simulator.Apns;

/// <summary>Judges the provider token of each request. Source: Apple, "Establishing a token-based connection to APNs".</summary>
internal sealed class ApnsProviderTokens(IEnumerable<ApnsKey> keys)
{
    private const string Scheme = "bearer ";

    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    // A client renews every 20 to 60 minutes; whoever makes one per request must not fill the memory.
    private const int CacheBound = 1024;

    private readonly FrozenDictionary<string, ApnsKey> _keys = keys.ToFrozenDictionary(key => key.KeyId, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ApnsProviderToken> _verified = new(StringComparer.Ordinal);

    /// <param name="authorization">The header.</param>
    /// <param name="binding">Of the connection.</param>
    /// <param name="now">When.</param>
    /// <param name="key">Whose token it is, when there is no problem.</param>
    public ApnsReason? Problem(string? authorization, ApnsBinding binding, DateTimeOffset now, out ApnsKey? key)
    {
        key = null;
        if (string.IsNullOrEmpty(authorization))
            return ApnsReason.MissingProviderToken;

        // The signature is checked once; the age each time.
        if (!_verified.TryGetValue(authorization, out var token))
        {
            if (Verify(authorization) is not { } verified)
                return ApnsReason.InvalidProviderToken;
            if (_verified.Count >= CacheBound)
                _verified.Clear();
            _verified[authorization] = token = verified;
        }

        if ((now - token.IssuedAt).Duration() > MaxAge)
            return ApnsReason.ExpiredProviderToken;
        key = token.Key;
        return binding.Problem(token, now);
    }

    private ApnsProviderToken? Verify(string authorization)
    {
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || Jwt.Parse(authorization[Scheme.Length..]) is not { } token)
            return null;
        if (token.HeaderText("alg") != "ES256" || token.HeaderText("kid") is not { } kid || !_keys.TryGetValue(kid, out var key)
            || token.ClaimText("iss") != key.TeamId)
            return null;

        // Apple's own shell sample signs with OpenSSL, that is in DER, and APNs takes it.
        var format = token.Signature.Length == 64 ? DSASignatureFormat.IeeeP1363FixedFieldConcatenation : DSASignatureFormat.Rfc3279DerSequence;
        return key.Key.VerifyData(token.Signed, token.Signature, HashAlgorithmName.SHA256, format) && token.ClaimTime("iat") is { } issuedAt
            ? new ApnsProviderToken(key, issuedAt)
            : null;
    }
}

/// <summary>A provider token whose signature is right.</summary>
internal readonly record struct ApnsProviderToken(ApnsKey Key, DateTimeOffset IssuedAt);
