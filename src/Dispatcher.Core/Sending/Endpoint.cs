namespace Dispatcher.Core.Sending;

/// <summary>Whose trouble a failure is.</summary>
internal enum Blame
{
    /// <summary>Nobody's yet.</summary>
    Nobody,

    /// <summary>The app's own: of its connection, its project.</summary>
    App,

    /// <summary>The endpoint's, for all its apps.</summary>
    Endpoint,
}

/// <summary>
/// One of a provider's services, with the breaker that its apps share. Whether that opens is judged here: an app that fails alone is in trouble
/// of its own and must not stop the endpoint for everybody.
/// </summary>
/// <param name="name">As <see cref="Apps.App.Endpoint"/> says.</param>
/// <param name="apps">How many apps are configured for it by now: of a single one, all trouble is the endpoint's.</param>
/// <param name="options">How many failures are trouble, at the moment.</param>
/// <param name="time">The clock.</param>
internal sealed class Endpoint(string name, Func<int> apps, Func<SendingOptions> options, TimeProvider time)
{
    /// <summary>How long an app's last answer speaks for the endpoint: pushes to a small app are seldom.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Experience> _apps = new(StringComparer.Ordinal);

    /// <summary>Its name in logs and metrics.</summary>
    public string Name => name;

    /// <summary>Its breaker; while that is open or probes, its pushes are held.</summary>
    public EndpointBreaker Breaker { get; } = new(() => options().BreakDuration, time);

    /// <summary>Takes note of how an attempt ended, and says whose trouble it is.</summary>
    /// <param name="app">Whose it was.</param>
    /// <param name="signal">What it says.</param>
    /// <param name="now">The timestamp at which it ended.</param>
    public Blame Judge(string app, BreakerSignal signal, long now)
    {
        if (signal == BreakerSignal.Neutral)
            return Blame.Nobody;
        lock (_lock)
        {
            if (!_apps.TryGetValue(app, out var mine))
                _apps.Add(app, mine = new Experience(now));
            Turn_NeedsLock(mine, now);
            mine.Attempts++;
            if (signal == BreakerSignal.Success)
            {
                (mine.LastSuccess, mine.FailingSince) = (now, null);
                return Blame.Nobody;
            }

            mine.Failures++;
            mine.LastFailure = now;
            mine.FailingSince ??= now;
            return Judge_NeedsLock(mine, now);
        }
    }

    /// <summary>Whether an app's last attempt failed: where there are others, one of theirs is the better probe.</summary>
    /// <param name="app">The app.</param>
    public bool IsPoorWitness(string app)
    {
        lock (_lock)
            return apps() > 1 && _apps.TryGetValue(app, out var mine) && mine.FailingSince is not null;
    }

    private Blame Judge_NeedsLock(Experience mine, long now)
    {
        var (attempts, failures) = (mine.AllAttempts, mine.AllFailures);
        var (isServed, isFailing) = (false, false);
        foreach (var other in _apps.Values)
        {
            if (other == mine)
                continue;
            Turn_NeedsLock(other, now);
            attempts += other.AllAttempts;
            failures += other.AllFailures;
            var isPoor = other.AllAttempts > 0 && other.AllFailures >= options().BreakerFailureRatio * other.AllAttempts;
            // What it was answered before this app began to fail says nothing about that.
            isServed |= other.FailingSince is null && !isPoor && other.LastSuccess >= mine.FailingSince && IsRecent(other.LastSuccess, now);
            isFailing |= (other.FailingSince is not null || isPoor) && IsRecent(other.LastFailure, now);
        }

        if (isServed || (apps() > 1 && !isFailing && !Breaker.IsDown))
            return IsTrouble(mine.AllAttempts, mine.AllFailures) ? Blame.App : Blame.Nobody;
        return Breaker.IsDown || IsTrouble(attempts, failures) ? Blame.Endpoint : Blame.Nobody; // down: one probe that fails is enough
    }

    private bool IsTrouble(int attempts, int failures) =>
        options() is var now && attempts >= now.BreakerMinimumAttempts && failures >= now.BreakerFailureRatio * attempts;

    private bool IsRecent(long? at, long now) => at is { } then && time.GetElapsedTime(then, now) <= Memory;

    private void Turn_NeedsLock(Experience app, long now)
    {
        var age = time.GetElapsedTime(app.SlotBegan, now);
        var slot = options().BreakerWindow / 2;
        if (age < slot)
            return;
        (app.FormerAttempts, app.FormerFailures) = age < 2 * slot ? (app.Attempts, app.Failures) : (0, 0);
        (app.Attempts, app.Failures, app.SlotBegan) = (0, 0, now);
    }

    /// <summary>How an app has fared within the breaker's window: this half of it and the former.</summary>
    private sealed class Experience(long now)
    {
        public long SlotBegan { get; set; } = now;

        public int Attempts { get; set; }

        public int Failures { get; set; }

        public int FormerAttempts { get; set; }

        public int FormerFailures { get; set; }

        public long? LastSuccess { get; set; }

        public long? LastFailure { get; set; }

        public long? FailingSince { get; set; }

        public int AllAttempts => Attempts + FormerAttempts;

        public int AllFailures => Failures + FormerFailures;
    }
}
