using System.Numerics;

namespace Dispatcher.Simulator.Wire.Hpack;

/// <summary>The static Huffman code of RFC 7541, appendix B. It is canonical: the lengths of its codes are all there is to know.</summary>
internal static class HuffmanCode
{
    private const int ShortestCode = 5;
    private const int LongestCode = 30;
    private const int EndOfString = 256;

    // The first code beyond those of each length, and what to add to a code to get its place among the symbols; codes stand at the top of 32 bits.
    private static readonly ulong[] Limits = new ulong[LongestCode + 1];
    private static readonly int[] Offsets = new int[LongestCode + 1];
    private static readonly ushort[] Symbols = [.. Enumerable.Range(0, EndOfString + 1).OrderBy(symbol => Lengths[symbol]).Select(symbol => (ushort)symbol)];

    static HuffmanCode()
    {
        var (code, place) = (0u, 0);
        for (var length = ShortestCode; length <= LongestCode; length++)
        {
            Offsets[length] = place - (int)code;
            var count = Lengths.Count((byte)length);
            (code, place) = (code + (uint)count, place + count);
            Limits[length] = (ulong)code << (32 - length);
            code <<= 1;
        }
    }

    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    /// <summary>How many bytes a text of that many encoded ones can have at most.</summary>
    public static int MaxDecoded(int encoded) => encoded * 8 / ShortestCode;

    /// <returns>How many bytes were decoded.</returns>
    /// <exception cref="HpackException">The text ends within a symbol, or holds one that must not be there.</exception>
    public static int Decode(ReadOnlySpan<byte> encoded, Span<byte> decoded)
    {
        var (bits, available, written) = (0ul, 0, 0);
        while (true)
        {
            while (available < LongestCode && !encoded.IsEmpty)
            {
                bits = (bits << 8) | encoded[0];
                available += 8;
                encoded = encoded[1..];
            }

            // Where the text ends, ones follow: the padding that RFC 7541 §5.2 asks for, and no symbol by themselves.
            var window = available >= 32 ? (uint)(bits >> (available - 32)) : (uint)(bits << (32 - available)) | (uint)((1ul << (32 - available)) - 1);
            var length = ShortestCode;
            while (length < LongestCode && window >= Limits[length])
                length++;

            if (length > available)
                return available < 8 && BitOperations.LeadingZeroCount(~window) == 32 ? written : throw new HpackException("bad Huffman padding");

            var symbol = Symbols[Offsets[length] + (int)(window >> (32 - length))];
            if (symbol == EndOfString)
                throw new HpackException("end of string within a string");
            decoded[written++] = (byte)symbol;
            available -= length;
        }
    }
}
