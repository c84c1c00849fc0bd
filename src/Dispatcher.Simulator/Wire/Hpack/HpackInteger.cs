using System.Buffers;

namespace Dispatcher.Simulator.Wire.Hpack;

/// <summary>Integers that begin in the low bits of a byte: RFC 7541 §5.1.</summary>
internal static class HpackInteger
{
    // Five bytes hold any length that a frame may have.
    private const int MostShift = 28;

    public static int Read(ref ReadOnlySpan<byte> block, int prefixBits)
    {
        var mask = (1 << prefixBits) - 1;
        long value = block[0] & mask;
        block = block[1..];
        if (value < mask)
            return (int)value;

        for (var shift = 0; shift <= MostShift && !block.IsEmpty; shift += 7)
        {
            var next = block[0];
            block = block[1..];
            value += (long)(next & 0x7f) << shift;
            if ((next & 0x80) == 0)
                return value <= int.MaxValue ? (int)value : throw new HpackException("an integer is too large");
        }

        throw new HpackException("an integer does not end");
    }

    /// <param name="output">Where to.</param>
    /// <param name="first">The bits above the prefix.</param>
    /// <param name="prefixBits">How many low bits of the first byte it may use.</param>
    /// <param name="value">The integer.</param>
    public static void Write(IBufferWriter<byte> output, byte first, int prefixBits, int value)
    {
        var span = output.GetSpan(6);
        var mask = (1 << prefixBits) - 1;
        if (value < mask)
        {
            span[0] = (byte)(first | value);
            output.Advance(1);
            return;
        }

        span[0] = (byte)(first | mask);
        var length = 1;
        for (value -= mask; value >= 0x80; value >>= 7)
            span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        output.Advance(length);
    }
}
