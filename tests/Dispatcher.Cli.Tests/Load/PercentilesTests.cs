using Dispatcher.Cli.Load;

namespace Dispatcher.Cli.Tests.Load;

public sealed class PercentilesTests
{
    [Fact]
    public void They_are_the_values_at_their_rank()
    {
        var shuffled = Enumerable.Range(1, 1000).Select(i => TimeSpan.FromMilliseconds((i * 7919 % 1000) + 1));
        Assert.Equal(new Percentiles(500, 900, 990, 999, 1000), Percentiles.Of(shuffled));
    }

    [Fact]
    public void One_value_is_all_of_them() =>
        Assert.Equal(new Percentiles(7, 7, 7, 7, 7), Percentiles.Of([TimeSpan.FromMilliseconds(7)]));

    [Fact]
    public void Nothing_has_none() => Assert.Null(Percentiles.Of([]));
}
