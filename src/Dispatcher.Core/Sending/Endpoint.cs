using Polly;

namespace Dispatcher.Core.Sending;

/// <summary>
/// One of a provider's services, with the breaker that its apps share. It also knows whose failures speak for it: while it serves another
/// app, an app that fails is in trouble of its own (its connection, its project), and must not stop the endpoint for everybody.
/// </summary>
/// <param name="name">As <see cref="Apps.App.Endpoint"/> says.</param>
/// <param name="options">The breaker's share of failures and window hold for a single app, too.</param>
/// <param name="time">The clock.</param>
internal sealed class Endpoint(string name, SendingOptions options, TimeProvider time)
{
    /// <summary>How long an app's last success speaks for the endpoint: pushes to a small app are seldom.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly double _failureRatio = options.BreakerFailureRatio;
    private readonly TimeSpan _slot = options.BreakerWindow / 2;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Experience> _apps = new(StringComparer.Ordinal);
    private volatile bool _isDown;

    /// <summary>Its name in logs and metrics.</summary>
    public string Name => name;

    /// <summary>Its breaker and what surrounds it.</summary>
    public ResiliencePipeline<SendOutcome> Pipeline { get; set; } = ResiliencePipeline<SendOutcome>.Empty;

    /// <summary>Whether its breaker is open or probes: its pushes are held.</summary>
    public bool IsDown
    {
        get => _isDown;
        set => _isDown = value;
    }

    /// <summary>Takes note of how an attempt ended.</summary>
    /// <param name="app">Whose it was.</param>
    /// <param name="signal">What it says.</param>
    /// <returns>Whether it is a failure of the endpoint's.</returns>
    public bool IsToBlame(string app, BreakerSignal signal)
    {
        if (signal == BreakerSignal.Neutral)
            return false;
        var now = time.GetTimestamp();
        lock (_lock)
        {
            if (!_apps.TryGetValue(app, out var mine))
                _apps.Add(app, mine = new Experience());
            mine.Turn(now, time.GetElapsedTime(mine.SlotBegan, now), _slot);
            mine.Attempts++;
            if (signal == BreakerSignal.Success)
            {
                (mine.LastSuccess, mine.FailingSince) = (now, null);
                return false;
            }

            mine.Failures++;
            mine.FailingSince ??= now;
            foreach (var other in _apps.Values)
            {
                if (other != mine && IsServed_NeedsLock(other, mine.FailingSince.Value, now))
                    return false;
            }

            return true;
        }
    }

    /// <summary>Whether an app's last attempt failed while others' may succeed: then another app's push is the better probe.</summary>
    /// <param name="app">The app.</param>
    public bool IsPoorWitness(string app)
    {
        lock (_lock)
            return _apps.TryGetValue(app, out var mine) && mine.FailingSince is not null;
    }

    /// <summary>Whether an app is served, since another began to fail: what it was answered before says nothing about that failure.</summary>
    private bool IsServed_NeedsLock(Experience app, long since, long now)
    {
        if (app.FailingSince is not null || app.LastSuccess is not { } success || success < since || time.GetElapsedTime(success, now) > Memory)
            return false;
        app.Turn(now, time.GetElapsedTime(app.SlotBegan, now), _slot);
        return app.Failures + app.FormerFailures < _failureRatio * (app.Attempts + app.FormerAttempts) || app.Attempts + app.FormerAttempts == 0;
    }

    /// <summary>How an app has fared within the breaker's window: this half of it and the former.</summary>
    private sealed class Experience
    {
        public long SlotBegan { get; private set; }

        public int Attempts { get; set; }

        public int Failures { get; set; }

        public int FormerAttempts { get; private set; }

        public int FormerFailures { get; private set; }

        public long? LastSuccess { get; set; }

        public long? FailingSince { get; set; }

        public void Turn(long now, TimeSpan age, TimeSpan slot)
        {
            if (age < slot)
                return;
            (FormerAttempts, FormerFailures) = age < 2 * slot ? (Attempts, Failures) : (0, 0);
            (Attempts, Failures, SlotBegan) = (0, 0, now);
        }
    }
}
