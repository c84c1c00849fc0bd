using Dispatcher.Core.Pushes;
using Dispatcher.Core.Tests.Providers;

namespace Dispatcher.Core.Tests.Pushes;

public sealed class PushNotificationTests
{
    private static readonly DateTimeOffset AcceptedAt = Samples.AcceptedAt;

    [Fact]
    public void A_push_expires_when_its_time_to_live_has_passed()
    {
        var push = Samples.ApnsPush() with { TimeToLive = 60 };

        Assert.Equal(AcceptedAt.AddSeconds(60), push.ExpiresAt);
        Assert.False(push.IsExpired(AcceptedAt.AddSeconds(60).AddTicks(-1)));
        Assert.True(push.IsExpired(AcceptedAt.AddSeconds(60)));
    }

    [Fact]
    public void The_time_to_live_of_a_scheduled_push_begins_when_it_is_due()
    {
        var push = Samples.ApnsPush() with { SendAt = AcceptedAt.AddHours(1), TimeToLive = 60 };

        Assert.Equal((AcceptedAt.AddHours(1), AcceptedAt.AddHours(1).AddSeconds(60)), (push.DueAt, push.ExpiresAt));
        Assert.Equal(AcceptedAt, (push with { SendAt = AcceptedAt.AddHours(-1) }).DueAt);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    public void Without_a_limit_or_now_or_never_it_does_not_expire(int? timeToLive)
    {
        var push = Samples.ApnsPush() with { TimeToLive = timeToLive };

        Assert.Null(push.ExpiresAt);
        Assert.False(push.IsExpired(AcceptedAt));
        Assert.False(push.IsExpired(AcceptedAt.AddYears(1)));
    }

    [Fact]
    public void A_push_from_the_end_of_time_expires_there()
    {
        var push = Samples.ApnsPush() with { AcceptedAt = DateTimeOffset.MaxValue, TimeToLive = PushLimits.MaxTimeToLive };

        Assert.False(push.IsExpired(AcceptedAt));
        Assert.Equal(DateTimeOffset.MaxValue, push.ExpiresAt);
    }
}
