using System.Collections.Concurrent;

namespace Dispatcher.Simulator.Tests.Wire;

/// <summary>A clock that stands still until it is set; its timers leave their due time behind.</summary>
internal sealed class TestTime : TimeProvider
{
    private DateTimeOffset _now = System.GetUtcNow();

    /// <summary>Otherwise timers take the time that they say.</summary>
    public bool FiresAtOnce { get; set; } = true;

    public ConcurrentQueue<TimeSpan> Waited { get; } = [];

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
            Waited.Enqueue(dueTime);
        return base.CreateTimer(callback, state, FiresAtOnce ? TimeSpan.Zero : dueTime, Timeout.InfiniteTimeSpan);
    }
}
