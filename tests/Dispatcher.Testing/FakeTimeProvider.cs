namespace Dispatcher.Testing;

/// <summary>
/// A clock that only moves when told to. Timers (and with them <c>Task.Delay</c> and <c>CancellationTokenSource</c> that take a
/// <see cref="TimeProvider"/>) fire inside <see cref="Advance"/>, in the order of their due times, on the caller's thread.
/// </summary>
public sealed class FakeTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly DateTimeOffset _start;
    private readonly List<FakeTimer> _armed = [];
    private DateTimeOffset _now;
    private long _order;
    private TaskCompletionSource _timerArmed = NewSignal();

    public FakeTimeProvider()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public FakeTimeProvider(DateTimeOffset start)
    {
        _start = start;
        _now = start;
    }

    /// <summary>How many timers wait to fire.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_lock)
                return _armed.Count;
        }
    }

    /// <summary>In how long the earliest timer is due; <see langword="null"/> when none waits.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_lock)
                return _armed.Count == 0 ? null : _armed.Min(timer => timer.Due) - _now;
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    public override long GetTimestamp() => (GetUtcNow() - _start).Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock, and fires on its way whatever becomes due.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var until = GetUtcNow() + by;
        while (TakeDue(until) is { } timer)
            timer.Fire();
    }

    /// <summary>Completes once at least <paramref name="count"/> timers are armed: the code under test has begun to wait.</summary>
    public Task WaitForTimersAsync(int count = 1) => WaitUntilAsync(() => _armed.Count >= count);

    /// <summary>Completes once a timer is armed that is due in exactly that time, whatever else is armed.</summary>
    public Task WaitForTimerAsync(TimeSpan dueIn) => WaitUntilAsync(() => _armed.Exists(timer => timer.Due - _now == dueIn));

    private async Task WaitUntilAsync(Func<bool> condition)
    {
        while (true)
        {
            Task armed;
            lock (_lock)
            {
                if (condition())
                    return;
                armed = _timerArmed.Task;
            }

            // Real time: a test that waits for something that never comes must fail, not hang.
            await armed.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FakeTimer? TakeDue(DateTimeOffset until)
    {
        lock (_lock)
        {
            var next = _armed.Where(timer => timer.Due <= until).MinBy(timer => (timer.Due, timer.Order));
            if (next is null)
            {
                _now = until;
                return null;
            }

            _now = next.Due > _now ? next.Due : _now;
            _armed.Remove(next);
            if (next.Period > TimeSpan.Zero)
                Arm_NeedsLock(next, next.Period);
            return next;
        }
    }

    private void Arm_NeedsLock(FakeTimer timer, TimeSpan dueTime)
    {
        timer.Due = _now + dueTime;
        timer.Order = _order++;
        _armed.Add(timer);
    }

    private bool Change(FakeTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        TaskCompletionSource armed;
        lock (_lock)
        {
            if (timer.Disposed)
                return false;
            _armed.Remove(timer);
            timer.Period = period;
            if (dueTime == Timeout.InfiniteTimeSpan)
                return true;
            Arm_NeedsLock(timer, dueTime);
            armed = _timerArmed;
            _timerArmed = NewSignal();
        }

        armed.SetResult();
        return true;
    }

    private void Dispose(FakeTimer timer)
    {
        lock (_lock)
        {
            timer.Disposed = true;
            _armed.Remove(timer);
        }
    }

    private sealed class FakeTimer(FakeTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public long Order { get; set; }

        public TimeSpan Period { get; set; }

        public bool Disposed { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Change(this, dueTime, period);

        public void Dispose() => clock.Dispose(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
