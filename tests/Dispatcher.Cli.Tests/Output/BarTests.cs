using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Tests.Output;

public sealed class BarTests
{
    [Theory]
    [InlineData(0, "    ")]
    [InlineData(0.0001, "▏   ")]
    [InlineData(0.5, "██  ")]
    [InlineData(0.53125, "██▏ ")]
    [InlineData(1, "████")]
    public void Its_length_is_the_share_and_more_than_nothing_shows(double share, string bar) => Assert.Equal(bar, Bar.Of(share, 4));
}
