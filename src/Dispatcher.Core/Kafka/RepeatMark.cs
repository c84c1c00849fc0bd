using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace Dispatcher.Core.Kafka;

/// <summary>
/// What tells a worker that a record may be the repetition of another: the record's key says of which, the header
/// <see cref="Header"/> that the key means that, and what the request looked like. A record without the header is nobody's repetition,
/// whatever its key.
/// </summary>
/// <param name="Key">The same for every repetition and for nothing else. As the record's key it chooses the partition, so that all of them meet.</param>
/// <param name="Fingerprint">A hash of the request; another one under the same key is a caller's mistake.</param>
public readonly record struct RepeatMark(Guid Key, ulong Fingerprint)
{
    /// <summary>The header, whose value is <see cref="Fingerprint"/> in 16 hex digits.</summary>
    public const string Header = "idempotency";

    private const int KeyLength = 36;
    private const int FingerprintLength = 16;

    /// <summary>The record that carries a push with this mark.</summary>
    /// <param name="value">The push.</param>
    public Message<byte[]?, byte[]?> ToMessage(byte[] value) => new()
    {
        Key = Encoding.ASCII.GetBytes(Key.ToString()),
        Value = value,
        Headers = new Headers { { Header, Encoding.ASCII.GetBytes(Fingerprint.ToString("x16", CultureInfo.InvariantCulture)) } },
    };

    /// <summary>Reads the mark of a record; without one, at no cost worth mentioning.</summary>
    /// <param name="key">The record's key.</param>
    /// <param name="headers">The record's headers.</param>
    /// <param name="mark">The mark.</param>
    /// <returns>Whether the record has one, and is no replay.</returns>
    public static bool TryRead(byte[]? key, Headers? headers, out RepeatMark mark)
    {
        mark = default;
        if (headers is null || key is not { Length: KeyLength } || !headers.TryGetLastBytes(Header, out var text) || text?.Length != FingerprintLength
            || headers.TryGetLastBytes(DeadLetterHeaders.ReplayId, out _) // puts a push onto its lane once more, mark and all, and means it
            || !Utf8Parser.TryParse(key, out Guid id, out var idLength) || idLength != KeyLength
            || !Utf8Parser.TryParse(text, out ulong fingerprint, out var length, 'x') || length != FingerprintLength)
        {
            return false;
        }

        mark = new RepeatMark(id, fingerprint);
        return true;
    }
}
