using System.Text.Json;

namespace Dispatcher.Api.Access.Tokens;

/// <summary>
/// Checks tokens and says who calls. Strict: RS256 and ES256 only, <c>kid</c> required, and a key only for the algorithm that it is made for,
/// so that nothing a token says about itself decides how it is checked.
/// </summary>
/// <param name="options">What is asked of tokens.</param>
/// <param name="keys">The keys that they are signed with.</param>
/// <param name="time">The clock.</param>
internal sealed class JwtVerifier(JwtOptions options, SigningKeys keys, TimeProvider time) : IDisposable
{
    private const int MaxTenantLength = 200;

    /// <summary>What the options were, for the next reading of them.</summary>
    public JwtOptions Options => options;

    /// <summary>Whether a text that is no API key could be a token.</summary>
    /// <param name="text">The text.</param>
    public static bool LooksLikeOne(ReadOnlySpan<char> text) => text.Count('.') >= 2;

    /// <summary>Checks a token.</summary>
    /// <param name="text">The token.</param>
    public ValueTask<CallerAnswer> VerifyAsync(string text)
    {
        if (Jwt.Read(text, out var token) is { } cause)
            return new(Refused(cause));
        return keys.TryFind(token!.KeyId, token.Algorithm, out var key) ? new(Verify(token, key)) : VerifyLaterAsync(token);
    }

    public void Dispose() => keys.Dispose();

    private async ValueTask<CallerAnswer> VerifyLaterAsync(Jwt token)
    {
        var key = await keys.FindAsync(token.KeyId, token.Algorithm);
        return key is null ? Refused("token_key") : Verify(token, key);
    }

    private CallerAnswer Verify(Jwt token, VerificationKey key)
    {
        if (!key.Verify(token.Signed, token.Signature))
            return Refused("token_signature");
        using var claims = token.Claims();
        try
        {
            return claims is null ? Refused("token_malformed") : Answer(claims.RootElement);
        }
        catch (InvalidOperationException)
        {
            return Refused("token_malformed"); // a text that is no Unicode
        }
    }

    private CallerAnswer Answer(JsonElement root)
    {
        if (Jwt.Text(root, "iss") != options.Issuer)
            return Refused("token_issuer");
        if (!IsForUs(root))
            return Refused("token_audience");
        if (Instant(root, "exp") is not { } end || time.GetUtcNow() - options.ClockSkew >= end)
            return Refused("token_expired");
        if (root.TryGetProperty("nbf", out _) && (Instant(root, "nbf") is not { } start || time.GetUtcNow() + options.ClockSkew < start))
            return Refused("token_not_yet");
        return Jwt.Text(root, options.TenantClaim) is { Length: > 0 and <= MaxTenantLength } tenant
            ? new CallerAnswer(new Caller("jwt", tenant, ScopesOf(root)))
            : Refused("token_tenant");
    }

    private bool IsForUs(JsonElement root)
    {
        if (!root.TryGetProperty("aud", out var audience))
            return false;
        return audience.ValueKind == JsonValueKind.Array
            ? audience.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals(options.Audience))
            : audience.ValueKind == JsonValueKind.String && audience.ValueEquals(options.Audience);
    }

    private Scopes ScopesOf(JsonElement root)
    {
        if (Jwt.Text(root, options.ScopeClaim) is { } words)
            return ScopeWords.Read(words);
        var scopes = Scopes.None;
        if (root.TryGetProperty(options.ScopeClaim, out var list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (var one in list.EnumerateArray())
                scopes |= one.ValueKind == JsonValueKind.String ? ScopeWords.Read(one.GetString()) : Scopes.None;
        }

        return scopes;
    }

    /// <summary>A NumericDate (RFC 7519, section 2), to the second below.</summary>
    private static DateTimeOffset? Instant(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds)
        && seconds is > 0 and < 253_402_300_800 // the year 10,000
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;

    private static CallerAnswer Refused(string cause) => CallerAnswer.Refused(TokenProblems.Of(cause), cause);
}
