namespace Dispatcher.Core.Sending;

/// <summary>
/// The deadlines of attempts in flight. One timer looks after all of them, so a deadline may be <see cref="Lateness"/> late and is never early;
/// and each caller's token is watched once, not once for each attempt.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class AttemptDeadlines(TimeProvider time)
{
    /// <summary>How late a deadline may be: what is due within so short a time is looked for once.</summary>
    public static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly List<AttemptDeadline> _all = []; // those in flight first; then idle ones, so there are as many as there were attempts at once
    private readonly List<Caller> _callers = []; // the lanes of a provider
    private int _inFlight;
    private ITimer? _timer;
    private long _looksAt = long.MaxValue;

    /// <summary>Starts the clock for an attempt.</summary>
    /// <param name="now">The attempt's first timestamp.</param>
    /// <param name="timeout">How long it may last.</param>
    /// <param name="givenUp">Fires when its push is given up.</param>
    /// <returns>Its deadline, to be given to <see cref="End"/>.</returns>
    public AttemptDeadline Begin(long now, TimeSpan timeout, CancellationToken givenUp)
    {
        AttemptDeadline deadline;
        lock (_lock)
        {
            Watch_NeedsLock(givenUp);
            if (_inFlight == _all.Count)
                _all.Add(new AttemptDeadline { Place = _inFlight });
            deadline = _all[_inFlight++];
            (deadline.Due, deadline.GivenUp) = (now + Ticks(timeout), givenUp);
            if (deadline.Due < _looksAt)
                LookAt_NeedsLock(deadline.Due, timeout);
            if (!givenUp.IsCancellationRequested)
                return deadline;
            deadline.HasFired = true; // whoever watches the token may have looked before
        }

        deadline.Source.Cancel();
        return deadline;
    }

    /// <summary>Stops the clock: the attempt has ended.</summary>
    /// <param name="deadline">What it was given; another's from now on.</param>
    public void End(AttemptDeadline deadline)
    {
        if (!deadline.HasFired)
            deadline.Source.TryReset(); // takes what a provider may have left behind
        lock (_lock)
        {
            deadline.Renew();
            var last = _all[--_inFlight];
            (_all[deadline.Place], _all[_inFlight]) = (last, deadline);
            (last.Place, deadline.Place) = (deadline.Place, _inFlight);
            if (_inFlight == 0)
                LookAt_NeedsLock(long.MaxValue, Timeout.InfiniteTimeSpan);
        }
    }

    private void Look()
    {
        Fire(IsDue);
        lock (_lock)
        {
            var next = long.MaxValue;
            for (var place = 0; place < _inFlight; place++)
                next = _all[place].HasFired ? next : Math.Min(next, _all[place].Due);
            var wait = next == long.MaxValue ? Timeout.InfiniteTimeSpan : time.GetElapsedTime(time.GetTimestamp(), next);
            LookAt_NeedsLock(next, next == long.MaxValue || wait > Lateness ? wait : Lateness);
        }
    }

    private void Fire(Func<AttemptDeadline, long, bool> isDue)
    {
        var now = time.GetTimestamp();
        List<CancellationTokenSource> due = [];
        lock (_lock)
        {
            for (var place = 0; place < _inFlight; place++)
            {
                if (_all[place] is { HasFired: false } deadline && isDue(deadline, now))
                {
                    deadline.HasFired = true;
                    due.Add(deadline.Source);
                }
            }
        }

        List<Exception> faults = [];
        foreach (var source in due)
        {
            try
            {
                source.Cancel();
            }
            catch (AggregateException fault)
            {
                faults.Add(fault); // of one attempt's provider; the others are to hear of it all the same
            }
        }

        if (faults.Count > 0)
            throw new AggregateException(faults);
    }

    private void LookAt_NeedsLock(long at, TimeSpan wait)
    {
        _looksAt = at;
        _timer ??= time.CreateTimer(static all => ((AttemptDeadlines)all!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Watch_NeedsLock(CancellationToken givenUp)
    {
        foreach (var caller in _callers)
        {
            if (caller.GivenUp == givenUp)
                return;
        }

        // Bound: callers with attempts in flight, and one.
        foreach (var idle in _callers.FindAll(caller => !IsInFlight_NeedsLock(caller.GivenUp)))
        {
            idle.Watch.Unregister();
            _callers.Remove(idle);
        }

        _callers.Add(new Caller(givenUp.UnsafeRegister(static all => ((AttemptDeadlines)all!).Fire(IsGivenUp), this), givenUp));
    }

    private bool IsInFlight_NeedsLock(CancellationToken givenUp)
    {
        for (var place = 0; place < _inFlight; place++)
        {
            if (_all[place].GivenUp == givenUp)
                return true;
        }

        return false;
    }

    private static bool IsDue(AttemptDeadline deadline, long now) => deadline.Due <= now;

    private static bool IsGivenUp(AttemptDeadline deadline, long now) => deadline.GivenUp.IsCancellationRequested;

    private long Ticks(TimeSpan span) => (long)Math.Ceiling(span.TotalSeconds * time.TimestampFrequency);

    /// <summary>Somebody who may give pushes up.</summary>
    private readonly record struct Caller(CancellationTokenRegistration Watch, CancellationToken GivenUp);
}
