using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Dispatcher.Core.Pushes;

/// <summary>
/// What makes a request the same one when it is sent again: the word that its caller gave it, within the caller's tenant. Everything that
/// has to be the same in every process derives from it alone.
/// </summary>
/// <param name="Tenant">Whose word it is; two tenants may use the same one.</param>
/// <param name="Kind">What kind of word, so that an id and a key that happen to look the same are two.</param>
/// <param name="Word">The word.</param>
public sealed record RepeatKey(string Tenant, RepeatKeyKind Kind, string Word)
{
    /// <summary>Longest word, in characters.</summary>
    public const int MaxLength = 255;

    /// <summary>Changes with the way in which ids are derived, so that an old and a new way never meet in one id.</summary>
    private const string Derivation = "dispatcher/1";

    /// <summary>The id of the request as a whole: a UUID of version 8.</summary>
    public Guid RequestId => Derive("request");

    /// <summary>The id of the push to one target: a UUID of version 8, the same for the same tenant, word, app and target.</summary>
    /// <param name="app">The app.</param>
    /// <param name="target">Whom of it.</param>
    /// <param name="occurrence">How often the request has named this target before: what is asked for twice in one request is sent twice.</param>
    public Guid PushId(string app, Target target, int occurrence = 0) =>
        Derive("push", app, target.Word, target.Value, occurrence.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Says why a text cannot be a word, as the end of a sentence; <see langword="null"/> when it can.</summary>
    /// <param name="text">The text.</param>
    public static string? Problem(string text) => text.Length is 0 or > MaxLength || text.Any(c => c is < ' ' or > '~')
        ? $"must be 1 to {MaxLength} printable ASCII characters"
        : null;

    /// <summary>Nothing of it is printed: a word may be an order number, and ends up in logs otherwise.</summary>
    public override string ToString() => $"{Kind}:{RequestId}";

    private Guid Derive(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Derivation);
        Append(hash, Tenant);
        Append(hash, Kind.ToString());
        Append(hash, Word);
        foreach (var part in parts)
            Append(hash, part);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        digest[6] = (byte)((digest[6] & 0x0F) | 0x80); // RFC 9562, section 5.8: version 8, its bits are ours
        digest[8] = (byte)((digest[8] & 0x3F) | 0x80); // the variant
        return new Guid(digest[..16], bigEndian: true);
    }

    /// <summary>With its length before it, or "ab" and "c" would be "a" and "bc".</summary>
    private static void Append(IncrementalHash hash, string part)
    {
        Span<byte> length = stackalloc byte[4];
        var bytes = Encoding.UTF8.GetBytes(part);
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}

/// <summary>What a caller can call its request by.</summary>
public enum RepeatKeyKind
{
    /// <summary>An <c>Idempotency-Key</c>.</summary>
    Key,

    /// <summary>An <c>id</c>.</summary>
    Id,
}
