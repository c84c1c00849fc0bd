using System.Buffers;
using System.Buffers.Text;

namespace Dispatcher.Api.Access.Tokens;

/// <summary>base64url as JWS has it (RFC 7515, section 2): one way to write each value, so no padding, no white space, no stray bits.</summary>
internal static class Base64UrlText
{
    private const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly SearchValues<char> AnyDigit = SearchValues.Create(Digits);

    /// <summary>Reads a text; <see langword="null"/> when it is not written the one way.</summary>
    /// <param name="text">The text.</param>
    public static byte[]? Read(ReadOnlySpan<char> text)
    {
        var rest = text.Length % 4;
        if (text.IsEmpty || rest == 1 || text.ContainsAnyExcept(AnyDigit))
            return null;
        var strayBits = rest switch { 2 => 0b1111, 3 => 0b11, _ => 0 };
        return (Digits.IndexOf(text[^1], StringComparison.Ordinal) & strayBits) == 0 ? Base64Url.DecodeFromChars(text) : null;
    }
}
