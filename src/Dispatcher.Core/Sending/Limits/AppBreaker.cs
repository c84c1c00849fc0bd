namespace Dispatcher.Core.Sending.Limits;

/// <summary>
/// An app's own breaker: it opens at once when the app's key, topic or project is refused, or when the provider says that the app is
/// too fast, or when its attempts fail and those of others do not, and lets one push probe when the time is up. It closes when a provider looks at a push again, whatever it says to it.
/// </summary>
/// <param name="misconfiguredPause">How long it is open after a <see cref="SendOutcome.Misconfigured"/>, doubled for each probe that fails.</param>
/// <param name="throttledPause">The same after a <see cref="SendOutcome.Throttled"/> of the app that does not say.</param>
/// <param name="time">The clock.</param>
internal sealed class AppBreaker(TimeSpan misconfiguredPause, TimeSpan throttledPause, TimeProvider time)
{
    /// <summary>The reason of a refusal because of our own fault.</summary>
    public const string Parked = "AppParked";

    /// <summary>The reason of a refusal because the provider asked for a rest.</summary>
    public const string Throttled = "AppThrottled";

    /// <summary>The reason of a refusal because its attempts fail and no others'.</summary>
    public const string Failing = "AppFailing";

    /// <summary>How long an app rests that fails alone, doubled for each probe that fails: short, because a request more does no harm.</summary>
    public static readonly TimeSpan FailingPause = TimeSpan.FromSeconds(10);

    /// <summary>And at most.</summary>
    public static readonly TimeSpan LongestFailingPause = TimeSpan.FromMinutes(1);

    /// <summary>The longest pause of our own making.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    /// <summary>The longest that a provider can ask for: Firebase gives a request up after an hour. One wrong header must not stop an app for good.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    /// <summary>When to come again while a probe is on its way: not within a quick retry.</summary>
    private static readonly TimeSpan ProbeWait = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private TimeSpan _misconfiguredPause = misconfiguredPause;
    private TimeSpan _throttledPause = throttledPause;
    private string? _reason;
    private bool _probing;
    private DateTimeOffset _until;
    private int _failures;
    private int _generation;

    /// <summary>Why pushes are refused; <see langword="null"/> while they pass.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>Takes other pauses, from the next opening on.</summary>
    /// <param name="misconfigured">After our own fault.</param>
    /// <param name="throttled">After "too fast".</param>
    public void Adopt(TimeSpan misconfigured, TimeSpan throttled)
    {
        lock (_lock)
            (_misconfiguredPause, _throttledPause) = (misconfigured, throttled);
    }

    /// <summary>Asks for a passage. Whoever gets one says how it ended, with <see cref="Concluded"/>.</summary>
    /// <param name="pass">What it was given: opinions of attempts from before the last turn do not count.</param>
    /// <param name="reason">Otherwise, why not.</param>
    /// <param name="wait">And when to come again.</param>
    public bool TryPass(out int pass, out string? reason, out TimeSpan wait)
    {
        // Closed, it costs two reads and no lock. The passage is read first: if it turns in between, the passage is an old one and has no say.
        (pass, reason, wait) = (Volatile.Read(ref _generation), Reason, TimeSpan.Zero);
        if (reason is null)
            return true;
        lock (_lock)
        {
            (pass, reason, wait) = (_generation, _reason, TimeSpan.Zero);
            if (_reason is null)
                return true;
            wait = _probing ? ProbeWait : _until - time.GetUtcNow();
            if (wait > TimeSpan.Zero)
                return false;
            _probing = true;
            Turn_NeedsLock();
            pass = _generation;
            return true;
        }
    }

    /// <summary>Whether a passage still holds after a wait.</summary>
    /// <param name="pass">The passage.</param>
    public bool Holds(int pass) => Volatile.Read(ref _generation) == pass;

    /// <summary>A passage ended.</summary>
    /// <param name="pass">The passage.</param>
    /// <param name="outcome">What the provider said; <see langword="null"/> when that proves nothing.</param>
    /// <param name="failsAlone">Whether it is certain by now that the app fails and its endpoint does not.</param>
    public BreakerTurn Concluded(int pass, SendOutcome? outcome, bool failsAlone = false)
    {
        if (Reason is null && outcome is SendOutcome.Accepted or SendOutcome.Unregistered or SendOutcome.Rejected)
            return BreakerTurn.None; // closed, it turns for no success
        lock (_lock)
        {
            if (pass != _generation)
                return BreakerTurn.None;
            switch (outcome)
            {
                case SendOutcome.Misconfigured:
                    return Open_NeedsLock(Parked, Doubled(_misconfiguredPause));
                case SendOutcome.Throttled { Scope: ThrottleScope.App }:
                    return Open_NeedsLock(Throttled, Shorter(outcome.RetryAfter, LongestRetryAfter) ?? Doubled(_throttledPause));
                case { } failure when OutcomeTable.Traits(failure).Breaker == BreakerSignal.Failure
                    && (failsAlone || (_probing && _reason == Failing)):
                    return Open_NeedsLock(Failing, Shorter(Doubled(FailingPause), LongestFailingPause)!.Value);
                case SendOutcome.Accepted or SendOutcome.Unregistered or SendOutcome.Rejected or SendOutcome.Throttled when _probing:
                    (_reason, _probing, _failures) = (null, false, 0);
                    Turn_NeedsLock();
                    return BreakerTurn.Closed;
                default:
                    _probing = false; // the next push probes
                    return BreakerTurn.None;
            }
        }
    }

    /// <summary>How long pushes are refused from now; zero when they are not.</summary>
    public TimeSpan OpenFor
    {
        get
        {
            lock (_lock)
            {
                var left = _reason is null ? TimeSpan.Zero : _until - time.GetUtcNow();
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Closes it if it is open for <see cref="Failing"/>.</summary>
    /// <returns>Whether it was.</returns>
    public bool Forgive()
    {
        lock (_lock)
        {
            if (_reason != Failing)
                return false;
            (_reason, _probing, _failures) = (null, false, 0);
            Turn_NeedsLock();
            return true;
        }
    }

    private BreakerTurn Open_NeedsLock(string reason, TimeSpan pause)
    {
        (_reason, _probing, _until) = (reason, false, time.GetUtcNow() + pause);
        _failures++;
        Turn_NeedsLock();
        return BreakerTurn.Opened;
    }

    /// <summary>Last, for whoever looks without the lock: who sees the new generation also sees the reason that came with it.</summary>
    private void Turn_NeedsLock() => Volatile.Write(ref _generation, _generation + 1);

    private TimeSpan Doubled(TimeSpan pause)
    {
        var doubled = pause * Math.Pow(2, Math.Min(_failures, 16));
        var longest = pause > LongestPause ? pause : LongestPause;
        return doubled < longest ? doubled : longest;
    }

    private static TimeSpan? Shorter(TimeSpan? told, TimeSpan longest) => told > longest ? longest : told;
}
