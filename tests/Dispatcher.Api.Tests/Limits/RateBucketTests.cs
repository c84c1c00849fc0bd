using Dispatcher.Api.Limits;
using Dispatcher.Testing;

namespace Dispatcher.Api.Tests.Limits;

public sealed class RateBucketTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_request_takes_all_of_its_pushes_or_none()
    {
        var bucket = new RateBucket(100, 1000, _time);

        Assert.True(bucket.TryTake(900, out _));
        Assert.False(bucket.TryTake(300, out var wait));
        Assert.Equal(TimeSpan.FromSeconds(2), wait);
        Assert.Equal(100, bucket.Left);
        _time.Advance(wait);
        Assert.True(bucket.TryTake(300, out _));
        Assert.Equal(0, bucket.Left);
    }

    [Fact]
    public void It_never_holds_more_than_it_can()
    {
        var bucket = new RateBucket(100, 1000, _time);
        _time.Advance(TimeSpan.FromDays(1));
        bucket.GiveBack(500);

        Assert.Equal(1000, bucket.Left);
    }

    [Fact]
    public void In_the_long_run_it_gives_its_rate_and_once_its_burst()
    {
        var bucket = new RateBucket(50, 200, _time);
        var taken = 0;
        for (var i = 0; i < 10_000; i++)
        {
            if (bucket.TryTake(1 + (i % 7), out _))
                taken += 1 + (i % 7);
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(taken, 5000, 5200);
    }
}
