using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Sending;

/// <summary>What becomes of a push whose quick retries are used up.</summary>
public enum RetryStep
{
    /// <summary>Another attempt, not before an instant.</summary>
    Delay,

    /// <summary>Its time to live ends before another attempt makes sense.</summary>
    Expire,

    /// <summary>It had all its attempts, or was tried for as long as a push without a time to live is.</summary>
    Exhaust,
}

/// <summary>The answer of <see cref="RetryDecision"/>.</summary>
/// <param name="Step">What to do.</param>
/// <param name="NotBefore">For a delay: the earliest instant of the next attempt.</param>
public readonly record struct RetryPlan(RetryStep Step, DateTimeOffset NotBefore);

/// <summary>What a push has behind it, over all workers.</summary>
/// <param name="Attempts">How many requests have left for the provider.</param>
/// <param name="Retries">How often it has waited for another attempt after one that left.</param>
/// <param name="FirstFailedAt">When the first of them failed; now, where none has left.</param>
public readonly record struct RetryHistory(int Attempts, int Retries, DateTimeOffset FirstFailedAt);

/// <summary>Decides when a push is tried again. Pure: waiting is the delay tiers' business.</summary>
/// <param name="options">Checked by <see cref="RetryOptions.Validate"/>.</param>
/// <param name="schedule">The waits before the first, second, … retry; the last one repeats. The delay tiers, in practice.</param>
public sealed class RetryDecision(RetryOptions options, IReadOnlyList<TimeSpan> schedule)
{
    /// <summary>Waits are spread by this share up and down, so that what failed together does not come back together.</summary>
    public const double Jitter = 0.2;

    /// <summary>A provider may ask for any wait; beyond this one it is for ever, and the sum stays within the calendar.</summary>
    private static readonly TimeSpan Forever = TimeSpan.FromDays(36_500);

    private volatile RetryOptions _options = options;

    /// <summary>Takes other options, for every decision from now on.</summary>
    /// <param name="now">Checked by <see cref="RetryOptions.Validate"/>.</param>
    public void Adopt(RetryOptions now) => _options = now;

    /// <summary>Whether a push of an app that is not configured here still waits for it.</summary>
    /// <param name="accepted">When it was accepted.</param>
    /// <param name="now">The instant of the decision.</param>
    public bool WaitsForApp(DateTimeOffset accepted, DateTimeOffset now) => (now - accepted).Duration() < _options.UnknownAppGrace;

    /// <summary>Decides.</summary>
    /// <param name="push">The push.</param>
    /// <param name="outcome">How its last attempt ended; not final.</param>
    /// <param name="history">What is behind it, the last attempt included.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="chance">A number from 0 to 1.</param>
    public RetryPlan Next(PushNotification push, SendOutcome outcome, RetryHistory history, DateTimeOffset now, double chance)
    {
        var options = _options;
        if (push.TimeToLive == 0)
            return new(RetryStep.Expire, now); // now or never, and it was not now

        var mayEnd = OutcomeTable.Traits(outcome).BurnsAttempt; // what never left, by our fault or not, is no reason to give a push up
        if (mayEnd && history.Attempts >= options.MaxAttempts)
            return new(RetryStep.Exhaust, now);

        var wait = outcome.Kind switch
        {
            OutcomeKind.Misconfigured => options.ParkDelay,
            OutcomeKind.NotSent => schedule[0], // nothing was tried yet that a longer wait would spare
            _ => schedule[Math.Clamp(history.Retries, 0, schedule.Count - 1)],
        };
        var notBefore = now + Wait(wait, outcome, chance);
        if (push.IsExpired(notBefore))
            return new(RetryStep.Expire, now);
        // Counted from the first failed attempt: a push that waited in its lane for an outage to end has all its time before it.
        return mayEnd && push.ExpiresAt is null && notBefore - history.FirstFailedAt >= options.MaxAge
            ? new(RetryStep.Exhaust, now)
            : new(RetryStep.Delay, notBefore);
    }

    /// <summary>
    /// What becomes of a push that has had all its attempts, while so few others succeed that it may not become a dead letter yet: it rests
    /// for the longest wait and then gets one attempt more.
    /// </summary>
    /// <param name="push">The push.</param>
    /// <param name="outcome">How its last attempt ended; not final.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="chance">A number from 0 to 1.</param>
    public RetryPlan Rest(PushNotification push, SendOutcome outcome, DateTimeOffset now, double chance)
    {
        var notBefore = now + Wait(schedule[^1], outcome, chance);
        return push.IsExpired(notBefore) ? new(RetryStep.Expire, now) : new(RetryStep.Delay, notBefore);
    }

    private static TimeSpan Wait(TimeSpan planned, SendOutcome outcome, double chance)
    {
        var spread = planned * (1 + (Jitter * ((2 * chance) - 1)));
        if (outcome.RetryAfter is not { } told || told <= spread)
            return spread;
        // Earlier than told is wrong, so what the provider said is only ever stretched.
        return (told < Forever ? told : Forever) * (1 + (Jitter * chance));
    }
}
