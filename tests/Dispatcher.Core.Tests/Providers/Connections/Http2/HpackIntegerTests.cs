using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

public sealed class HpackIntegerTests
{
    /// <summary>RFC 7541, C.1, and the edges.</summary>
    [Theory]
    [InlineData(10, 5, "0a")]
    [InlineData(1337, 5, "1f9a0a")]
    [InlineData(42, 8, "2a")]
    [InlineData(0, 4, "00")]
    [InlineData(14, 4, "0e")]
    [InlineData(15, 4, "0f00")]
    [InlineData(142, 4, "0f7f")]
    [InlineData(143, 4, "0f8001")]
    [InlineData(126, 7, "7e")]
    [InlineData(127, 7, "7f00")]
    [InlineData(int.MaxValue, 5, "1fe0ffffff07")]
    public void Integers_are_written_and_read(int value, int prefixBits, string hex)
    {
        var written = new byte[HpackInteger.MaxBytes];
        var length = HpackInteger.Write(written, 0, prefixBits, value);
        Assert.Equal(hex, Convert.ToHexStringLower(written, 0, length));

        ReadOnlySpan<byte> block = [.. written[..length], 0x55];
        Assert.Equal(value, HpackInteger.Read(ref block, prefixBits));
        Assert.Equal(1, block.Length);
    }

    [Fact]
    public void The_bits_above_are_kept_and_passed_over()
    {
        var written = new byte[HpackInteger.MaxBytes];
        Assert.Equal(1, HpackInteger.Write(written, 0xe0, 5, 3));
        Assert.Equal(0xe3, written[0]);

        ReadOnlySpan<byte> block = written;
        Assert.Equal(3, HpackInteger.Read(ref block, 5));
    }

    [Theory]
    [InlineData("1f", "does not end")]
    [InlineData("1f80", "does not end")]
    [InlineData("1fe1ffffff07", "too large")] // one more than an int
    [InlineData("1fffffffff0f", "too large")]
    [InlineData("1fffffffff7f", "too large")]
    [InlineData("1f808080808000", "too long")] // zeros that add nothing
    [InlineData("1fffffffffffffffffff01", "too long")]
    public void What_overflows_is_refused(string hex, string problem)
    {
        var refused = Assert.Throws<HpackException>(() =>
        {
            ReadOnlySpan<byte> block = Convert.FromHexString(hex);
            HpackInteger.Read(ref block, 5);
        });

        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }
}
