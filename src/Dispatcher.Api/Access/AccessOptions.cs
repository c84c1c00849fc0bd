using Dispatcher.Api.Access.Tokens;
using Dispatcher.Core.Configuration;

namespace Dispatcher.Api.Access;

/// <summary>Who may call: the section <c>Access</c>.</summary>
internal sealed class AccessOptions
{
    /// <summary>API keys by a name that logs may show.</summary>
    public Dictionary<string, AccessKeyOptions> Keys { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether <c>/openapi.json</c> and <c>/docs</c> are open to all. Default: any key is needed.</summary>
    public bool PublicDocs { get; set; }

    /// <summary>Whether <c>/metrics</c> is open to all. Default: a key with <c>ops:read</c> is needed.</summary>
    public bool PublicMetrics { get; set; }

    /// <summary>Tokens of an identity provider; none by default.</summary>
    public JwtOptions? Jwt { get; set; }

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        if (Keys.Count == 0 && Jwt is null)
            yield return "Access:Keys is empty: nobody could call. Give at least one key's Sha256.";
        foreach (var problem in Jwt?.Validate() ?? [])
            yield return problem;
        foreach (var (name, key) in Keys)
        {
            if (key.Sha256.Length != 64 || !key.Sha256.All(char.IsAsciiHexDigit))
                yield return $"Access:Keys:{name}:Sha256 must be the 64 hex digits of the key's SHA-256, not {key.Sha256.Length} characters.";
            if (string.IsNullOrWhiteSpace(key.Tenant))
                yield return $"Access:Keys:{name}:Tenant must not be empty.";
            if (string.IsNullOrWhiteSpace(key.Scopes))
                yield return $"Access:Keys:{name}:Scopes must not be empty; give some of: {ScopeWords.All}.";
            foreach (var word in ScopeWords.Unknown(key.Scopes))
                yield return $"Access:Keys:{name}:Scopes '{word}' must be one of: {ScopeWords.All}.";
        }
    }
}

/// <summary>One API key, as its hash: the configuration cannot leak what it does not hold.</summary>
[Live]
internal sealed class AccessKeyOptions
{
    /// <summary>Required: the SHA-256 of the key, in hex. Keys are random, so that a plain hash is enough.</summary>
    [Secret]
    public string Sha256 { get; set; } = "";

    /// <summary>Whose apps the key may send to. Default: <c>default</c>.</summary>
    public string Tenant { get; set; } = "default";

    /// <summary>What the key is for, words separated by spaces. Default: every <c>push:*</c>.</summary>
    public string Scopes { get; set; } = ScopeWords.TextOf(Access.Scopes.Push);

    /// <summary>When the key ends, as an instant with its offset; never by default.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }
}
