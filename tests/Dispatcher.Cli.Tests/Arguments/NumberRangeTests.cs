using Dispatcher.Cli.Arguments;

namespace Dispatcher.Cli.Tests.Arguments;

public sealed class NumberRangeTests
{
    [Theory]
    [InlineData("8", 8, 8)]
    [InlineData("..3", 0, 3)]
    [InlineData("5..", 5, int.MaxValue)]
    [InlineData("2..4", 2, 4)]
    [InlineData("0..0", 0, 0)]
    public void It_is_a_number_or_from_one_to_another(string text, int first, int last)
    {
        Assert.True(NumberRange.TryParse(text, out var range));
        Assert.Equal(new NumberRange(first, last), range);
        Assert.True(range.Contains(first) && range.Contains(last) && !range.Contains(first - 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("5..2")]
    [InlineData("-1")]
    [InlineData("1...2")]
    [InlineData("five")]
    public void Anything_else_is_none(string text) => Assert.False(NumberRange.TryParse(text, out _));

    [Theory]
    [InlineData("5xx", 500, 599)]
    [InlineData("4XX", 400, 499)]
    [InlineData("410", 410, 410)]
    public void A_status_may_be_a_class(string text, int first, int last)
    {
        Assert.True(NumberRange.TryParseStatus(text, out var range));
        Assert.Equal(new NumberRange(first, last), range);
    }
}
