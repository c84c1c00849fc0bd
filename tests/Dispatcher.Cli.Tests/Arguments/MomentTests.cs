using Dispatcher.Cli.Arguments;

namespace Dispatcher.Cli.Tests.Arguments;

public sealed class MomentTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2h", "2026-11-21T10:00:00Z")]
    [InlineData("90d", "2026-08-23T12:00:00Z")]
    [InlineData("2026-11-20", "2026-11-20T00:00:00Z")]
    [InlineData("2026-11-20T10:00Z", "2026-11-20T10:00:00Z")]
    [InlineData("2026-11-20 10:00:30", "2026-11-20T10:00:30Z")]
    [InlineData("2026-11-20T10:00+02:00", "2026-11-20T08:00:00Z")]
    public void It_is_an_age_or_a_date(string text, string expected)
    {
        Assert.True(Moment.TryParse(text, Now, out var moment));
        Assert.Equal(expected, moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("10:00")]
    [InlineData("5")]
    [InlineData("-2h")]
    [InlineData("2026-13-01")]
    [InlineData("20/11/2026")]
    [InlineData("99999d")]
    public void Anything_else_is_neither(string text) => Assert.False(Moment.TryParse(text, Now, out _));
}
