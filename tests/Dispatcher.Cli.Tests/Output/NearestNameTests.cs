using Dispatcher.Core.Configuration;

namespace Dispatcher.Cli.Tests.Output;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["--watch", "--partitions", "--json", "lag", "load"];

    [Theory]
    [InlineData("--wach", "--watch")]
    [InlineData("--wacth", "--watch")]
    [InlineData("--partition", "--partitions")]
    [InlineData("--jsno", "--json")]
    [InlineData("lgg", "lag")]
    [InlineData("--titel", null)]
    [InlineData("nonsense", null)]
    public void A_slip_or_two_are_forgiven(string typed, string? meant) => Assert.Equal(meant, NearestName.To(typed, Names));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "acb", 1)]
    [InlineData("abc", "ab", 1)]
    [InlineData("abc", "xbcy", 2)]
    public void Distance_counts_slips(string a, string b, int slips) => Assert.Equal(slips, NearestName.Distance(a, b));
}
