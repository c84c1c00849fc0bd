using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Dispatcher.Api.Access;

/// <summary>Who calls, once the key was right.</summary>
/// <param name="KeyName">The key's configured name.</param>
/// <param name="Tenant">Whose apps it may send to.</param>
internal sealed record Caller(string KeyName, string Tenant);

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
        [.. options.Keys.Select(key => (Convert.FromHexString(key.Value.Sha256), new Caller(key.Key, key.Value.Tenant)))];

    /// <summary>Finds the caller behind an <c>Authorization</c> header.</summary>
    /// <param name="authorization">The header.</param>
    /// <param name="caller">Who it is.</param>
    public bool TryFind(string? authorization, [NotNullWhen(true)] out Caller? caller)
    {
        caller = null;
        if (authorization is null || authorization.Length > MaxLength + Scheme.Length
            || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim()), hash);
        foreach (var key in _keys)
        {
            // Every key is compared, in constant time: how long a refusal takes says nothing.
            if (CryptographicOperations.FixedTimeEquals(hash, key.Hash))
                caller = key.Caller;
        }

        return caller is not null;
    }
}
