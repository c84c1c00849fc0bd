using System.Buffers.Binary;

namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>
/// The static Huffman code of RFC 7541, appendix B. It is canonical: the lengths of its codes say everything. Codes of up to a byte, which
/// are all that headers are usually made of, are looked up by the next byte; longer ones are searched by their length.
/// </summary>
internal static class HuffmanCode
{
    private const int ShortestCode = 5;
    private const int LongestCode = 30;
    private const int EndOfString = 256;

    // By the next byte: a symbol, and above it the length of its code; 0 where the code is longer than a byte.
    private static readonly ushort[] Short = new ushort[256];

    // By length: where the codes of that length end, at the top of 32 bits; and what to add to one to get its place among the symbols.
    private static readonly ulong[] Limits = new ulong[LongestCode + 1];
    private static readonly int[] Offsets = new int[LongestCode + 1];
    private static readonly ushort[] Symbols =
        [.. Enumerable.Range(0, EndOfString + 1).OrderBy(symbol => Lengths[symbol]).Select(symbol => (ushort)symbol)];

    static HuffmanCode()
    {
        var (code, place) = (0, 0);
        for (var length = ShortestCode; length <= LongestCode; length++)
        {
            Offsets[length] = place - code;
            for (; place < Symbols.Length && Lengths[Symbols[place]] == length; place++, code++)
            {
                if (length <= 8)
                    Short.AsSpan(code << (8 - length), 1 << (8 - length)).Fill((ushort)(Symbols[place] | (length << 8)));
            }

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
    public static long MaxDecoded(int encoded) => encoded * 8L / ShortestCode;

    /// <returns>How many bytes were decoded.</returns>
    /// <exception cref="HpackException">The text ends within a symbol, holds one that must not be there, or does not fit.</exception>
    public static int Decode(ReadOnlySpan<byte> encoded, Span<byte> decoded)
    {
        // The next bits stand at the top; below the available ones may be more of the text already, which is or-ed in once more.
        var (bits, available, written) = (0ul, 0, 0);
        while (true)
        {
            if (available < LongestCode)
                Fill(ref bits, ref available, ref encoded);
            DecodeShort(ref bits, ref available, decoded, ref written);
            if (available < LongestCode && !encoded.IsEmpty)
                continue;

            // Where the text ends, ones follow: the padding that RFC 7541 §5.2 asks for, and no symbol by themselves.
            var window = bits | (ulong.MaxValue >> available);
            if (available < 8 && window == ulong.MaxValue)
                return written;

            int entry = Short[(byte)(window >> 56)];
            var (symbol, length) = entry != 0 ? (entry & 0xff, entry >> 8) : Search((uint)(window >> 32));
            if (length > available)
                throw new HpackException("bad Huffman padding");
            if (symbol == EndOfString)
                throw new HpackException("end of string within a string");
            if (written == decoded.Length)
                throw new HpackException("a text is too long");
            decoded[written++] = (byte)symbol;
            bits <<= length;
            available -= length;
        }
    }

    /// <summary>Short codes as long as whole bytes are there, which is nearly everything; the rest goes symbol by symbol.</summary>
    private static void DecodeShort(ref ulong bits, ref int available, Span<byte> decoded, ref int written)
    {
        var (rest, left, place, table) = (bits, available, written, Short);
        while (left >= 8 && place < decoded.Length)
        {
            int entry = table[(int)(rest >> 56)];
            if (entry == 0)
                break;
            decoded[place++] = (byte)entry;
            rest <<= entry >> 8;
            left -= entry >> 8;
        }

        (bits, available, written) = (rest, left, place);
    }

    private static void Fill(ref ulong bits, ref int available, ref ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length >= sizeof(ulong))
        {
            bits |= BinaryPrimitives.ReadUInt64BigEndian(encoded) >> available;
            var bytes = (63 - available) >> 3;
            encoded = encoded[bytes..];
            available += bytes << 3;
            return;
        }

        for (; available < 56 && !encoded.IsEmpty; available += 8)
        {
            bits |= (ulong)encoded[0] << (56 - available);
            encoded = encoded[1..];
        }
    }

    private static (int Symbol, int Length) Search(uint window)
    {
        var length = 9;
        while (length < LongestCode && window >= Limits[length])
            length++;
        return (Symbols[Offsets[length] + (int)(window >> (32 - length))], length);
    }
}
