using System.Collections.Frozen;
using Dispatcher.Api.Pushes;

namespace Dispatcher.Api.Access.Tokens;

/// <summary>What is said about a token that is not taken: enough for its owner to put it right, nothing that it contains.</summary>
internal static class TokenProblems
{
    private static readonly FrozenDictionary<string, Problem> ByCause = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["token_too_long"] = $"The token is longer than {Jwt.MaxLength:N0} characters.",
        ["token_malformed"] = "The token is not a JSON Web Token: three parts in base64url, of which the first two are JSON objects without a name twice.",
        ["token_critical"] = "The token's header asks for an extension (crit).",
        ["token_algorithm"] = "The token's alg must be RS256 or ES256, and its typ JWT or at+jwt.",
        ["token_key"] = "The token's kid names no key that is known for its alg.",
        ["token_signature"] = "The token's signature is wrong.",
        ["token_issuer"] = "The token is not from the configured issuer.",
        ["token_audience"] = "The token is not meant for this service (aud).",
        ["token_expired"] = "The token has expired, or has no exp.",
        ["token_not_yet"] = "The token is not valid yet (nbf).",
        ["token_tenant"] = "The token names no tenant.",
    }.ToFrozenDictionary(cause => cause.Key, cause => AccessProblems.InvalidToken(cause.Value), StringComparer.Ordinal);

    /// <summary>The answer to a token.</summary>
    /// <param name="cause">The word for what is wrong.</param>
    public static Problem Of(string cause) => ByCause[cause];
}
