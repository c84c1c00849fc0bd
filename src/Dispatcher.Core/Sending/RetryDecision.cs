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

/// <summary>Decides when a push is tried again. Pure: waiting is the delay tiers' business.</summary>
/// <param name="options">Checked by <see cref="RetryOptions.Validate"/>.</param>
/// <param name="schedule">The waits after the first, second, … attempt; the last one repeats. The delay tiers, in practice.</param>
public sealed class RetryDecision(RetryOptions options, IReadOnlyList<TimeSpan> schedule)
{
    /// <summary>Waits are spread by this share up and down, so that what failed together does not come back together.</summary>
    public const double Jitter = 0.2;

    /// <summary>Decides.</summary>
    /// <param name="push">The push.</param>
    /// <param name="outcome">How its last attempt ended; not final.</param>
    /// <param name="attempts">How many requests have left for the provider, over all workers.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="chance">A number from 0 to 1.</param>
    public RetryPlan Next(PushNotification push, SendOutcome outcome, int attempts, DateTimeOffset now, double chance)
    {
        if (push.TimeToLive == 0)
            return new(RetryStep.Expire, now); // now or never, and it was not now
        if (attempts >= options.MaxAttempts || (push.ExpiresAt is null && now - push.DueAt >= options.MaxAge))
            return new(RetryStep.Exhaust, now);

        var notBefore = now + Wait(outcome, attempts, chance);
        return push.IsExpired(notBefore) ? new(RetryStep.Expire, now) : new(RetryStep.Delay, notBefore);
    }

    private TimeSpan Wait(SendOutcome outcome, int attempts, double chance)
    {
        var wait = outcome.Kind switch
        {
            OutcomeKind.Misconfigured => options.ParkDelay,
            _ => schedule[Math.Clamp(attempts - 1, 0, schedule.Count - 1)],
        };
        var spread = 1 + (Jitter * ((2 * chance) - 1));
        // Earlier than told is wrong, so what the provider said is only ever stretched.
        return outcome.RetryAfter is { } told && told > wait * spread ? told * (1 + (Jitter * chance)) : wait * spread;
    }
}
