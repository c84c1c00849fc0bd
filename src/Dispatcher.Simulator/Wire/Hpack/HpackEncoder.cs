using System.Buffers;
using System.Globalization;
using System.Text;

namespace Dispatcher.Simulator.Wire.Hpack;

/// <summary>Writes header blocks without remembering anything: status codes of the static table by index, everything else as literals.</summary>
internal static class HpackEncoder
{
    // Place of ":status: 200" in the static table; its name may be used with any value.
    private const int StatusIndex = 8;

    private const byte Indexed = 0x80;
    private const byte LiteralNotIndexed = 0x00;

    public static void WriteStatus(IBufferWriter<byte> output, int status)
    {
        var index = status switch { 200 => 8, 204 => 9, 400 => 12, 404 => 13, 500 => 14, _ => 0 };
        if (index > 0)
        {
            HpackInteger.Write(output, Indexed, 7, index);
            return;
        }

        HpackInteger.Write(output, LiteralNotIndexed, 4, StatusIndex);
        WriteText(output, status.ToString(CultureInfo.InvariantCulture));
    }

    public static void WriteField(IBufferWriter<byte> output, string name, string value)
    {
        HpackInteger.Write(output, LiteralNotIndexed, 4, 0);
        HpackInteger.Write(output, 0, 7, name.Length);
        Ascii.ToLower(name, output.GetSpan(name.Length), out var written);
        output.Advance(written);
        WriteText(output, value);
    }

    private static void WriteText(IBufferWriter<byte> output, string text)
    {
        HpackInteger.Write(output, 0, 7, text.Length);
        output.Advance(Encoding.Latin1.GetBytes(text, output.GetSpan(text.Length)));
    }
}
