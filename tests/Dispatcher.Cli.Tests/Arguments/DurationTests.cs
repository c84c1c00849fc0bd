using Dispatcher.Cli.Arguments;

namespace Dispatcher.Cli.Tests.Arguments;

public sealed class DurationTests
{
    [Theory]
    [InlineData("60ms", 60)]
    [InlineData("0ms", 0)]
    [InlineData("1.5s", 1_500)]
    [InlineData("5m", 300_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("7d", 604_800_000)]
    public void A_number_with_a_unit_is_a_duration(string text, double milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("60")]
    [InlineData("ms")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("1e3s")]
    [InlineData("5w")]
    [InlineData("999999999999h")]
    [InlineData("1,5s")]
    public void Anything_else_is_not(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0ms")]
    [InlineData(60, "60ms")]
    [InlineData(15_000, "15s")]
    [InlineData(300_000, "5m")]
    [InlineData(86_400_000, "24h")]
    public void Its_text_is_short_and_can_be_read_back(double milliseconds, string text)
    {
        Assert.Equal(text, Duration.Text(TimeSpan.FromMilliseconds(milliseconds)));
        Assert.True(Duration.TryParse(text, out var back));
        Assert.Equal(milliseconds, back.TotalMilliseconds);
    }
}
