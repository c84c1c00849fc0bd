using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Dispatcher.Api.Access;

/// <summary>The configured API keys.</summary>
internal sealed class ApiKeys
{
    private const string Scheme = "Bearer ";

    /// <summary>Longest key that is looked at, in characters; ours have 46.</summary>
    private const int MaxLength = 512;

    private readonly (byte[] Hash, Caller Caller)[] _keys;

    /// <summary>Reads the keys.</summary>
    /// <param name="options">Checked by <see cref="AccessOptions.Validate"/>.</param>
    public ApiKeys(AccessOptions options) => _keys =
    [
        .. options.Keys.Select(key =>
            (Convert.FromHexString(key.Value.Sha256), new Caller(key.Key, key.Value.Tenant, ScopeWords.Read(key.Value.Scopes)))),
    ];

    /// <summary>Whether a header holds something that could be a key.</summary>
    /// <param name="authorization">The header <c>Authorization</c>.</param>
    public static bool IsBearer([NotNullWhen(true)] string? authorization) =>
        authorization is not null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && !authorization.AsSpan(Scheme.Length).IsWhiteSpace();

    /// <summary>Finds the caller behind an <c>Authorization</c> header.</summary>
    /// <param name="authorization">The header.</param>
    /// <param name="caller">Who it is.</param>
    public bool TryFind(string? authorization, [NotNullWhen(true)] out Caller? caller)
    {
        caller = null;
        if (!IsBearer(authorization) || authorization.Length > MaxLength + Scheme.Length)
            return false;

        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(MaxLength)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(authorization.AsSpan(Scheme.Length).Trim(), bytes)], hash);
        foreach (var key in _keys)
        {
            // Every key is compared, in constant time: how long a refusal takes says nothing.
            if (CryptographicOperations.FixedTimeEquals(hash, key.Hash))
                caller = key.Caller;
        }

        return caller is not null;
    }
}
