using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Dispatcher.Simulator.Apns;

/// <summary>Judges the provider token of each request. Source: Apple, "Establishing a token-based connection to APNs".</summary>
internal sealed class ApnsProviderTokens(ApnsKey key)
{
    private const string Scheme = "bearer ";

    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    // A client renews every 20 to 60 minutes; whoever makes one per request must not fill the memory.
    private const int CacheBound = 1024;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _verified = new(StringComparer.Ordinal);

    public ApnsReason? Problem(string? authorization, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(authorization))
            return ApnsReason.MissingProviderToken;

        // The signature is checked once; the age each time.
        if (!_verified.TryGetValue(authorization, out var issuedAt))
        {
            if (Verify(authorization) is not { } verified)
                return ApnsReason.InvalidProviderToken;
            if (_verified.Count >= CacheBound)
                _verified.Clear();
            _verified[authorization] = issuedAt = verified;
        }

        return (now - issuedAt).Duration() > MaxAge ? ApnsReason.ExpiredProviderToken : null;
    }

    private DateTimeOffset? Verify(string authorization)
    {
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || Jwt.Parse(authorization[Scheme.Length..]) is not { } token)
            return null;
        if (token.HeaderText("alg") != "ES256" || token.HeaderText("kid") != key.KeyId || token.ClaimText("iss") != key.TeamId)
            return null;

        // Apple's own shell sample signs with OpenSSL, that is in DER, and APNs takes it.
        var format = token.Signature.Length == 64 ? DSASignatureFormat.IeeeP1363FixedFieldConcatenation : DSASignatureFormat.Rfc3279DerSequence;
        return key.Key.VerifyData(token.Signed, token.Signature, HashAlgorithmName.SHA256, format) ? token.ClaimTime("iat") : null;
    }
}
