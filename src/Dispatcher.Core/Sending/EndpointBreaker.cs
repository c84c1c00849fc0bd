namespace Dispatcher.Core.Sending;

/// <summary>
/// An endpoint's breaker: open, it lets nothing through until its time is up, and then one push to probe; if that one hangs, another after as
/// long again. Whether a failure opens it, <see cref="Endpoint"/> judges. Closed, asking it costs a read and no lock.
/// </summary>
/// <param name="breakDuration">How long it stays open before a probe, at the moment.</param>
/// <param name="time">The clock.</param>
internal sealed class EndpointBreaker(Func<TimeSpan> breakDuration, TimeProvider time)
{
    private readonly Lock _lock = new();
    private volatile bool _isDown;
    private volatile int _generation;
    private long _closedSince;
    private TimeSpan _closedFor;

    /// <summary>Whether it is open or probes.</summary>
    public bool IsDown => _isDown;

    /// <summary>Asks for a passage. Whoever gets one says how it ended, with <see cref="Concluded"/>.</summary>
    /// <param name="pass">What it was given: opinions of attempts from before the last turn do not count.</param>
    /// <param name="wait">Otherwise, when to come again.</param>
    public bool TryPass(out int pass, out TimeSpan wait)
    {
        (pass, wait) = (_generation, TimeSpan.Zero);
        if (!_isDown)
            return true;
        lock (_lock)
        {
            if (!_isDown)
                return true;
            wait = _closedFor - time.GetElapsedTime(_closedSince);
            if (wait > TimeSpan.Zero)
                return false;
            Shut_NeedsLock(breakDuration());
            pass = _generation;
            return true;
        }
    }

    /// <summary>A passage ended.</summary>
    /// <param name="pass">The passage.</param>
    /// <param name="blame">Whose trouble it was.</param>
    /// <param name="answered">Whether the endpoint answered sensibly.</param>
    public BreakerTurn Concluded(int pass, Blame blame, bool answered)
    {
        if (!_isDown && blame != Blame.Endpoint)
            return BreakerTurn.None;
        lock (_lock)
        {
            if (pass != _generation)
                return BreakerTurn.None;
            if (blame == Blame.Endpoint)
            {
                _isDown = true;
                Shut_NeedsLock(breakDuration());
                return BreakerTurn.Opened;
            }

            if (answered || blame == Blame.App) // it serves others
            {
                _isDown = false;
                _generation++;
                return BreakerTurn.Closed;
            }

            Shut_NeedsLock(TimeSpan.Zero); // the probe proved nothing: the next push probes
            return BreakerTurn.None;
        }
    }

    private void Shut_NeedsLock(TimeSpan duration)
    {
        (_closedSince, _closedFor) = (time.GetTimestamp(), duration);
        _generation++;
    }
}
