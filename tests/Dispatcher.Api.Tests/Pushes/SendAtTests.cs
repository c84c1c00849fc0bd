using Dispatcher.Api.Pushes;

namespace Dispatcher.Api.Tests.Pushes;

public sealed class SendAtTests
{
    private const string Format =
        "must be an RFC 3339 instant with its offset, such as \"2026-12-01T08:00:00Z\" or \"2026-12-01T09:00:00+01:00\"";

    private static readonly DateTimeOffset Now = new(2026, 12, 1, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-12-01T08:00:01Z", 1)]
    [InlineData("2026-12-01t08:00:01z", 1)]
    [InlineData("2026-12-01T10:00:00+01:00", 3600)]
    [InlineData("2026-12-01T03:15:00-05:00", 900)]
    [InlineData("2026-12-01T08:00:00.5Z", 0.5)]
    [InlineData("2026-12-01T08:00:01.25000000000000+00:00", 1.25)]
    [InlineData("2026-12-01T08:00:01-00:00", 1)]
    [InlineData("2026-12-31T08:00:00Z", 30 * 86_400)]
    public void An_instant_ahead_is_read_in_utc(string text, double secondsAhead)
    {
        Assert.Null(SendAt.Problem(text, Now, out var instant));

        Assert.Equal((Now.AddSeconds(secondsAhead), TimeSpan.Zero), (instant!.Value, instant.Value.Offset));
    }

    [Theory]
    [InlineData("2026-12-01T08:00:00Z")]
    [InlineData("2026-12-01T07:59:00Z")]
    [InlineData("2026-12-01T08:59:30+01:00")]
    public void What_passed_within_a_minute_means_at_once(string text)
    {
        Assert.Null(SendAt.Problem(text, Now, out var instant));

        Assert.Null(instant);
    }

    [Theory]
    [InlineData("2026-12-01T07:58:59.9Z", "has passed, by more than a minute")]
    [InlineData("0001-01-01T00:00:00Z", "has passed, by more than a minute")]
    [InlineData("2026-12-31T08:00:00.1Z", "must be at most 30 days ahead")]
    [InlineData("9999-12-31T23:59:59Z", "must be at most 30 days ahead")]
    [InlineData("", Format)]
    [InlineData("tomorrow", Format)]
    [InlineData("1796112060", Format)]
    [InlineData("2026-12-01", Format)]
    [InlineData("2026-12-01T08:10:00", Format)]
    [InlineData("2026-12-01T08:10Z", Format)]
    [InlineData("2026-12-01 08:10:00Z", Format)]
    [InlineData("2026-12-01T08:10:00.Z", Format)]
    [InlineData("2026-12-01T08:10:00,5Z", Format)]
    [InlineData("2026-12-01T08:10:00.5 Z", Format)]
    [InlineData("2026-12-01T08:10:00.12345678xZ", Format)]
    [InlineData("2026-12-01T08:10:00+1:00", Format)]
    [InlineData("2026-12-01T08:10:00+0100", Format)]
    [InlineData("2026-12-01T08:10:00+25:00", Format)]
    [InlineData("2026-12-01T08:10:60Z", Format)]
    [InlineData("2026-02-30T08:10:00Z", Format)]
    [InlineData("2026-12-01T24:00:00Z", Format)]
    [InlineData(" 2026-12-01T08:10:00Z", Format)]
    [InlineData("2026-12-01T08:10:00ZZ", Format)]
    [InlineData("9999-12-31T23:59:59-14:00", Format)]
    public void Anything_else_says_what_to_write(string text, string problem)
    {
        Assert.Equal(problem, SendAt.Problem(text, Now, out var instant));

        Assert.Null(instant);
    }
}
