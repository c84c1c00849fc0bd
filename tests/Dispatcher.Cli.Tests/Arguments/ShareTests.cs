using Dispatcher.Cli.Arguments;

namespace Dispatcher.Cli.Tests.Arguments;

public sealed class ShareTests
{
    [Theory]
    [InlineData("5%", 0.05)]
    [InlineData("0.25", 0.25)]
    [InlineData("0%", 0)]
    [InlineData("100%", 1)]
    public void A_share_is_a_percentage_or_a_fraction(string text, double expected)
    {
        Assert.True(Share.TryParse(text, out var share));
        Assert.Equal(expected, share);
    }

    [Theory]
    [InlineData("101%")]
    [InlineData("2")]
    [InlineData("-1%")]
    [InlineData("%")]
    public void Less_than_nothing_and_more_than_all_are_not(string text) => Assert.False(Share.TryParse(text, out _));
}
