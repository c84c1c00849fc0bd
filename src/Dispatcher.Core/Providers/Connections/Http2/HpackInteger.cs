namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>Integers that begin in the low bits of a byte: RFC 7541 §5.1.</summary>
internal static class HpackInteger
{
    /// <summary>What any integer takes at most.</summary>
    public const int MaxBytes = 6;

    // Five continuations hold any int; a sixth is refused, even one that adds nothing.
    private const int LastShift = 28;

    /// <summary>Takes an integer off a block that is not empty.</summary>
    /// <exception cref="HpackException">It does not end, or does not fit.</exception>
    public static int Read(ref ReadOnlySpan<byte> block, int prefixBits)
    {
        var mask = (1 << prefixBits) - 1;
        var value = block[0] & mask;
        block = block[1..];
        return value < mask ? value : ReadLong(ref block, mask);
    }

    /// <returns>How many bytes were written.</returns>
    /// <param name="target">Where to.</param>
    /// <param name="pattern">The bits above the prefix.</param>
    /// <param name="prefixBits">How many low bits of the first byte are the integer's.</param>
    /// <param name="value">The integer, 0 or more.</param>
    public static int Write(Span<byte> target, byte pattern, int prefixBits, int value)
    {
        var mask = (1 << prefixBits) - 1;
        if (value < mask)
        {
            target[0] = (byte)(pattern | value);
            return 1;
        }

        target[0] = (byte)(pattern | mask);
        var length = 1;
        for (value -= mask; value >= 0x80; value >>= 7)
            target[length++] = (byte)(value | 0x80);
        target[length++] = (byte)value;
        return length;
    }

    private static int ReadLong(ref ReadOnlySpan<byte> block, long value)
    {
        for (var shift = 0; shift <= LastShift; shift += 7)
        {
            if (block.IsEmpty)
                throw new HpackException("an integer does not end");
            var next = block[0];
            block = block[1..];
            value += (long)(next & 0x7f) << shift;
            if (next < 0x80)
                return value <= int.MaxValue ? (int)value : throw new HpackException("an integer is too large");
        }

        throw new HpackException("an integer is too long");
    }
}
