using System.Buffers;
using System.Text.Encodings.Web;

namespace Dispatcher.Core.Pushes;

/// <summary>
/// Escapes what JSON asks for (quote, backslash, control characters) and nothing else. Even .NET's "relaxed" encoder writes an emoji as
/// twelve bytes of escapes instead of four, and providers count bytes.
/// </summary>
public sealed class PlainJsonEncoder : JavaScriptEncoder
{
    private const string Escaped =
        "\"\\\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"
        + "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f";

    private static readonly SearchValues<char> Characters = SearchValues.Create(Escaped);
    private static readonly SearchValues<byte> Bytes = SearchValues.Create([.. Escaped.Select(c => (byte)c)]);

    /// <summary>The only one that is needed.</summary>
    public static PlainJsonEncoder Instance { get; } = new();

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => 6;

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < ' ' or '"' or '\\';

    /// <inheritdoc/>
    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength) =>
        new ReadOnlySpan<char>(text, textLength).IndexOfAny(Characters);

    /// <inheritdoc/>
    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text) => utf8Text.IndexOfAny(Bytes);

    /// <inheritdoc/>
    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var output = new Span<char>(buffer, bufferLength);
        return unicodeScalar is '"' or '\\'
            ? output.TryWrite($"\\{(char)unicodeScalar}", out numberOfCharactersWritten)
            : output.TryWrite($"\\u{unicodeScalar:x4}", out numberOfCharactersWritten);
    }
}
