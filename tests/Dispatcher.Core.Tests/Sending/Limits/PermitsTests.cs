using Dispatcher.Core.Sending.Limits;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Sending.Limits;

public sealed class PermitsTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_permit_given_back_goes_to_who_waits_longest()
    {
        var permits = Full();
        var first = permits.TakeAsync(Second, default).AsTask();
        var second = permits.TakeAsync(Second, default).AsTask();

        permits.GiveBack(_time.GetTimestamp());

        Assert.True(await first);
        Assert.False(second.IsCompleted);
        Assert.False(permits.TryTake());
        Assert.Equal(2, permits.InUse);
    }

    [Fact]
    public async Task A_wait_ends_when_its_time_is_up_and_takes_nothing()
    {
        var permits = Full();
        var waiting = permits.TakeAsync(Second, default).AsTask();

        _time.Advance(Second);
        Assert.False(await waiting);

        permits.GiveBack(_time.GetTimestamp());
        Assert.Equal(1, permits.InUse);
        Assert.True(permits.TryTake());
    }

    [Fact]
    public async Task A_wait_ends_when_it_is_given_up()
    {
        var permits = Full();
        using var abort = new CancellationTokenSource();
        var waiting = permits.TakeAsync(Second, abort.Token).AsTask();

        await abort.CancelAsync();

        Assert.False(await waiting);
        Assert.Equal(2, permits.InUse);
    }

    [Fact]
    public async Task A_service_that_has_stopped_answering_collects_no_crowd()
    {
        var permits = Full();
        _time.Advance(TimeSpan.FromSeconds(2)); // two permits, nothing back for 2 s: within 1 s one comes free

        var first = permits.TakeAsync(Second, default);
        var second = permits.TakeAsync(Second, default);

        Assert.False(first.IsCompleted);
        Assert.True(second.IsCompleted);
        Assert.False(await second);
    }

    [Fact]
    public void As_many_may_wait_as_can_be_served_in_time()
    {
        var limit = new AdaptiveLimit(2, 100, 2, _time);
        var permits = new Permits(limit, _time);
        while (limit.Current > 2)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            limit.Ended(TimeSpan.FromMilliseconds(100), isTrouble: true, inFlight: 1, _time.GetTimestamp());
        }

        while (permits.TryTake())
        {
            // until they are all in use
        }

        var waiting = Enumerable.Range(0, 30).Select(_ => permits.TakeAsync(Second, default)).ToList();

        Assert.Equal(20, waiting.Count(wait => !wait.IsCompleted)); // 2 permits × 1 s ÷ 100 ms
    }

    [Fact]
    public async Task A_silence_of_ours_is_not_held_against_the_service()
    {
        var permits = new Permits(new AdaptiveLimit(2, 2, 2, _time), _time);
        permits.TryTake();
        permits.GiveBack(_time.GetTimestamp());
        _time.Advance(TimeSpan.FromHours(1));
        permits.TryTake();
        permits.TryTake();

        var waiting = Enumerable.Range(0, 2).Select(_ => permits.TakeAsync(Second, default).AsTask()).ToList();

        Assert.DoesNotContain(waiting, wait => wait.IsCompleted);
        permits.GiveBack(_time.GetTimestamp());
        Assert.True(await waiting[0]);
    }

    [Fact]
    public async Task No_permit_is_lost_or_made_up_by_many_threads()
    {
        var permits = new Permits(new AdaptiveLimit(8, 8, 2, _time), _time);
        var (inside, most, entered) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                if (!await permits.TakeAsync(TimeSpan.FromMinutes(1), default))
                    continue;
                InterlockedMax(ref most, Interlocked.Increment(ref inside));
                Interlocked.Increment(ref entered);
                await Task.Yield();
                Interlocked.Decrement(ref inside);
                permits.GiveBack(_time.GetTimestamp());
            }
        })));

        Assert.Equal(0, permits.InUse);
        Assert.InRange(most, 1, 8);
        Assert.True(entered >= 8);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value;)
            seen = Interlocked.CompareExchange(ref most, value, seen) is var was && was == seen ? value : was;
    }

    private Permits Full()
    {
        var permits = new Permits(new AdaptiveLimit(2, 2, 2, _time), _time);
        Assert.True(permits.TryTake() && permits.TryTake());
        Assert.False(permits.TryTake());
        return permits;
    }
}
