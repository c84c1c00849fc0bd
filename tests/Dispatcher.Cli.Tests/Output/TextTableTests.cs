using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Tests.Output;

public sealed class TextTableTests
{
    [Fact]
    public void Columns_are_as_wide_as_their_widest_cell_and_numbers_stand_right() => Assert.Equal(
        ["name     n", "a        1", "longer  22"], TextTable.Lines(["name", ">n"], [["a", "1"], ["longer", "22"]]));

    [Fact]
    public void What_does_not_fit_ends_in_an_ellipsis()
    {
        Assert.Equal("abcd…", TextTable.Fit("abcdefgh", 5));
        Assert.Equal("abcde", TextTable.Fit("abcde", 5));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(3.14159, "3.1")]
    [InlineData(99.96, "100")]
    [InlineData(12345.6, "12,346")]
    public void Numbers_are_short(double number, string text) => Assert.Equal(text, Number.Text(number));
}
