using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Testing;

public sealed class FakeTimeProviderTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Timers_fire_in_the_order_of_their_due_times()
    {
        var fired = new List<(string Name, TimeSpan At)>();
        var start = _time.GetUtcNow();
        using var late = _time.CreateTimer(_ => fired.Add(("late", _time.GetUtcNow() - start)), null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        using var early = _time.CreateTimer(_ => fired.Add(("early", _time.GetUtcNow() - start)), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal([("early", TimeSpan.FromSeconds(1)), ("late", TimeSpan.FromSeconds(2))], fired);
        Assert.Equal(start.AddSeconds(3), _time.GetUtcNow());
    }

    [Fact]
    public void A_periodic_timer_fires_once_per_period_until_it_is_disposed()
    {
        var fired = 0;
        var timer = _time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(3));
        timer.Dispose();
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(3, fired);
    }

    [Fact]
    public async Task Delays_and_deadlines_follow_it()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);
        var delay = Task.Delay(TimeSpan.FromSeconds(4), _time);
        await _time.WaitForTimersAsync(2);

        _time.Advance(TimeSpan.FromSeconds(4));
        await delay;
        Assert.False(deadline.IsCancellationRequested);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(deadline.IsCancellationRequested);
    }

    [Fact]
    public void Timestamps_measure_what_was_advanced()
    {
        var from = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(1500));

        Assert.Equal(TimeSpan.FromMilliseconds(1500), _time.GetElapsedTime(from));
    }
}
