using System.Text;
using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

public sealed class HuffmanCodeTests
{
    [Fact]
    public void Every_symbol_is_read_alone_and_at_every_place_of_a_text()
    {
        for (var symbol = 0; symbol < 256; symbol++)
        {
            for (var before = 0; before < 9; before++)
            {
                byte[] text = [.. Enumerable.Repeat((byte)'0', before), (byte)symbol, .. Enumerable.Repeat((byte)'z', before)];
                Assert.Equal(text, Decode(HuffmanText.Encode(text)));
            }
        }
    }

    [Fact]
    public void A_long_text_of_all_symbols_is_read()
    {
        var text = Enumerable.Range(0, 4096).Select(i => (byte)((i * 167) ^ (i >> 4))).ToArray();

        Assert.Equal(text, Decode(HuffmanText.Encode(text)));
    }

    [Fact]
    public void An_empty_text_is_empty() => Assert.Empty(Decode([]));

    /// <summary>RFC 7541 §5.2: at most seven bits, all of them ones, and never the whole end of string.</summary>
    [Theory]
    [InlineData("00", "padding")] // '0' and three zeros
    [InlineData("06", "padding")] // '0' and 110
    [InlineData("ff", "padding")] // eight ones
    [InlineData("07ff", "padding")] // '0' and eleven ones
    [InlineData("1fffff", "padding")] // 'a' and 19 ones
    [InlineData("fe", "padding")] // the first bits of a longer code
    [InlineData("ffffffff", "end of string")]
    [InlineData("fffffffc", "end of string")]
    [InlineData("07ffffffff", "end of string")]
    public void A_text_that_ends_wrongly_is_refused(string encoded, string problem)
    {
        var refused = Assert.Throws<HpackException>(() => Decode(Convert.FromHexString(encoded)));

        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_does_not_fit_is_refused()
    {
        var encoded = HuffmanText.Encode("12345"u8);

        Assert.Equal(5, HuffmanCode.Decode(encoded, new byte[5]));
        Assert.Throws<HpackException>(() => HuffmanCode.Decode(encoded, new byte[4]));
    }

    [Fact]
    public void Nothing_is_longer_than_was_foretold()
    {
        var shortest = new string('a', 800);

        Assert.Equal(800, HuffmanCode.MaxDecoded(HuffmanText.Encode(Encoding.ASCII.GetBytes(shortest)).Length));
    }

    private static byte[] Decode(byte[] encoded)
    {
        var decoded = new byte[HuffmanCode.MaxDecoded(encoded.Length)];
        return decoded[..HuffmanCode.Decode(encoded, decoded)];
    }
}
