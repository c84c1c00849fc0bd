using Dispatcher.Cli.DeadLetters.Replaying;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Tests.DeadLetters.Replaying;

public sealed class ReplayChangeTests
{
    private static readonly PushNotification Push = ReplayStage.Push(1) with { AcceptedAt = Some.Time };

    [Fact]
    public void Nothing_to_change_leaves_the_very_bytes()
    {
        var value = ReplayStage.Value(Push with { TimeToLive = 60 });
        Assert.Same(value, ReplayChange.Nothing.Apply(value, Push with { TimeToLive = 60 }, Some.Time.AddDays(1)));
    }

    [Theory]
    [InlineData(60, 0, 3600)] // would end in a minute
    [InlineData(60, 2, 10_800)] // ended two hours ago
    [InlineData(36_000, 1, 36_000)] // has more than that left
    public void An_extension_counts_from_now_and_never_shortens(int timeToLive, int hoursLater, int expected)
    {
        var push = Push with { TimeToLive = timeToLive };
        Assert.Equal(expected, Apply(push, Some.Time.AddHours(hoursLater)).TimeToLive);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    public void What_has_no_end_gets_none(int? timeToLive) =>
        Assert.Equal(timeToLive, Apply(Push with { TimeToLive = timeToLive }, Some.Time.AddDays(9)).TimeToLive);

    [Fact]
    public void What_is_older_than_any_time_to_live_may_be_counts_from_now()
    {
        var now = Some.Time.AddDays(40);
        var push = Apply(Push with { TimeToLive = 60, SendAt = Some.Time.AddDays(1) }, now);
        Assert.Equal((3600, now.AddHours(1)), (push.TimeToLive, push.ExpiresAt));
    }

    [Fact]
    public void A_push_that_is_scheduled_counts_from_its_instant()
    {
        var push = Apply(Push with { TimeToLive = 60, SendAt = Some.Time.AddHours(5) }, Some.Time);
        Assert.Equal(60, push.TimeToLive); // ends after the hour that was asked for
    }

    private static PushNotification Apply(PushNotification push, DateTimeOffset at)
    {
        var change = ReplayChange.Nothing with { TimeToLive = TimeSpan.FromHours(1) };
        Assert.True(PushJson.TryDecode(change.Apply(ReplayStage.Value(push), push, at), Some.Time, out var changed, out _));
        return changed;
    }
}
