namespace Dispatcher.Simulator.Tests;

public sealed class LatencyTextTests
{
    [Theory]
    [InlineData("60ms", 60)]
    [InlineData("60", 60)]
    [InlineData("1.5s", 1500)]
    [InlineData("0", 0)]
    public void A_time_may_be_typed_with_or_without_a_unit(string text, double milliseconds)
    {
        Assert.True(LatencyText.TryParse(text, out var latency));
        Assert.Equal(milliseconds, latency.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ms")]
    [InlineData("-1ms")]
    [InlineData("1h")]
    [InlineData("601s")]
    [InlineData("1e3")]
    public void What_is_no_such_time_is_refused(string text) => Assert.False(LatencyText.TryParse(text, out _));
}
