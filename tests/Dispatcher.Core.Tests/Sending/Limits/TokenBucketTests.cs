using Dispatcher.Core.Sending.Limits;
using Dispatcher.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Core.Tests.Sending.Limits;

public sealed class TokenBucketTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Gives_a_burst_then_the_rate()
    {
        var bucket = new TokenBucket(10, 5, TimeSpan.Zero, _time);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(5, TakeAll(bucket));
        Assert.False(bucket.TryTake(out var wait));
        Assert.InRange(wait, TimeSpan.FromMilliseconds(99), TimeSpan.FromMilliseconds(101));

        _time.Advance(TimeSpan.FromMilliseconds(350));
        Assert.Equal(3, TakeAll(bucket));
    }

    [Fact]
    public void Begins_with_one_token_and_a_tenth_of_the_rate_and_is_at_its_height_after_the_ramp()
    {
        var bucket = new TokenBucket(1000, 1000, TimeSpan.FromSeconds(60), _time);

        Assert.Equal(1, TakeAll(bucket));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.InRange(TakeAll(bucket), 100, 110);
        _time.Advance(TimeSpan.FromSeconds(59));
        TakeAll(bucket);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.InRange(TakeAll(bucket), 999, 1000);
    }

    [Fact]
    public void After_an_outage_it_ramps_up_again()
    {
        var bucket = new TokenBucket(1000, 1000, TimeSpan.FromSeconds(60), _time);
        _time.Advance(TimeSpan.FromHours(1));

        bucket.RampUp();

        Assert.Equal(1, TakeAll(bucket));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.InRange(TakeAll(bucket), 100, 110);
    }

    [Fact]
    public void Tokens_that_flow_in_next_are_promised_in_turn()
    {
        var bucket = new TokenBucket(10, 1, TimeSpan.Zero, _time);
        var waits = Enumerable.Range(0, 4).Select(_ =>
        {
            Assert.True(bucket.TryTake(TimeSpan.FromSeconds(1), out var wait));
            return (int)wait.TotalMilliseconds;
        });

        Assert.Equal([0, 100, 200, 300], waits);
    }

    [Fact]
    public void Nothing_is_promised_beyond_what_the_caller_would_wait()
    {
        var bucket = new TokenBucket(10, 1, TimeSpan.Zero, _time);
        var promised = 0;
        TimeSpan wait;
        while (bucket.TryTake(TimeSpan.FromMilliseconds(950), out wait))
            promised++;

        Assert.Equal(10, promised);
        Assert.InRange(wait, TimeSpan.FromMilliseconds(999), TimeSpan.FromMilliseconds(1001));
    }

    [Fact]
    public void A_token_given_back_can_be_taken_again()
    {
        var bucket = new TokenBucket(10, 1, TimeSpan.Zero, _time);
        Assert.True(bucket.TryTake(out _));
        Assert.False(bucket.TryTake(out _));

        bucket.GiveBack();

        Assert.True(bucket.TryTake(out _));
    }

    /// <summary>The model: never more than the area below the rate and one token to begin with; and a wait is kept.</summary>
    [Fact]
    public void Never_gives_more_than_flowed_in_and_keeps_its_word()
    {
        Prop.ForAll(Steps.Any<ushort>(), list =>
        {
            var time = new FakeTimeProvider();
            var bucket = new TokenBucket(100, 100, TimeSpan.FromSeconds(60), time);
            var (taken, begin) = (0, time.GetTimestamp());
            foreach (var step in list)
            {
                time.Advance(TimeSpan.FromMilliseconds(step));
                taken += TakeAll(bucket);
                bucket.TryTake(out var wait);
                time.Advance(wait);
                if (!bucket.TryTake(out _))
                    return false;
                taken++;
                if (taken > 1.001 + Area(time.GetElapsedTime(begin).TotalSeconds))
                    return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    // 10/s growing to 100/s over 60 s
    private static double Area(double seconds) => seconds <= 60
        ? (10 * seconds) + (90 * seconds * seconds / 120)
        : Area(60) + (100 * (seconds - 60));

    private static int TakeAll(TokenBucket bucket)
    {
        var taken = 0;
        while (bucket.TryTake(out _))
            taken++;
        return taken;
    }
}
