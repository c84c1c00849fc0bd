using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Dispatcher.Api.Access;

/// <summary>The configured API keys.</summary>
internal sealed class ApiKeys
{
    /// <summary>Longest key that is looked at, in characters; ours have 46.</summary>
    public const int MaxLength = 512;

    private readonly ApiKey[] _keys;

    /// <summary>Reads the keys.</summary>
    /// <param name="options">Checked by <see cref="AccessOptions.Validate"/>.</param>
    /// <param name="time">The clock.</param>
    public ApiKeys(AccessOptions options, TimeProvider time) => _keys =
    [
        .. options.Keys.Select(key => new ApiKey(
            Convert.FromHexString(key.Value.Sha256),
            new Caller(key.Key, key.Value.Tenant, ScopeWords.Read(key.Value.Scopes)),
            key.Value.ExpiresAt,
            time)),
    ];

    /// <summary>Every key.</summary>
    public IReadOnlyList<ApiKey> All => _keys;

    /// <summary>Finds a key, be it expired or not.</summary>
    /// <param name="text">What the caller sent.</param>
    /// <param name="found">The key.</param>
    public bool TryFind(ReadOnlySpan<char> text, [NotNullWhen(true)] out ApiKey? found)
    {
        found = null;
        if (text.Length is 0 or > MaxLength)
            return false;

        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(MaxLength)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(text, bytes)], hash);
        foreach (var key in _keys)
        {
            // Every key is compared, in constant time: how long a refusal takes says nothing.
            if (CryptographicOperations.FixedTimeEquals(hash, key.Hash))
                found = key;
        }

        return found is not null;
    }

    /// <summary>Goes on where the same keys of an earlier configuration were.</summary>
    /// <param name="earlier">The earlier ones.</param>
    public void Continue(ApiKeys earlier)
    {
        foreach (var key in _keys)
        {
            if (Array.Find(earlier._keys, other => other.Hash.SequenceEqual(key.Hash)) is { } same)
                key.Continue(same);
        }
    }
}
