using Dispatcher.Cli.Arguments;

namespace Dispatcher.Cli.Tests.Arguments;

public sealed class RateTests
{
    [Theory]
    [InlineData("2000/s", 2000)]
    [InlineData("2000", 2000)]
    [InlineData("600/m", 10)]
    [InlineData("0.5/s", 0.5)]
    public void A_rate_is_a_number_a_second_or_a_minute(string text, double perSecond)
    {
        Assert.True(Rate.TryParse(text, out var rate));
        Assert.Equal(perSecond, rate);
    }

    [Theory]
    [InlineData("0/s")]
    [InlineData("-1/s")]
    [InlineData("fast")]
    [InlineData("/s")]
    [InlineData("10/h")]
    public void Anything_else_is_not(string text) => Assert.False(Rate.TryParse(text, out _));
}
