namespace Dispatcher.Core.Sending;

/// <summary>Decides whether a push is tried again within the process, and when. Pure: the only place that waits is the sender.</summary>
/// <param name="retries">How many at most.</param>
/// <param name="firstDelay">The wait before the first; each further one doubles it.</param>
public sealed class QuickRetry(int retries, TimeSpan firstDelay)
{
    /// <summary>
    /// Longest wait in the process, and how long a push's attempts may have taken for another to be quick: whatever needs more must not hold
    /// a dispatch loop, nor the window of its partition. A connection that hangs would else do so for as many timeouts as there are retries.
    /// </summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    /// <summary>The wait before the next attempt, or <see langword="null"/> when there is no quick one.</summary>
    /// <param name="outcome">How the last attempt ended.</param>
    /// <param name="retriesSoFar">How many quick retries the push has had.</param>
    /// <param name="spent">How long its attempts have taken together.</param>
    /// <param name="chance">A number from 0 to 1: spreads the waits over half to one and a half times the delay.</param>
    public TimeSpan? Next(SendOutcome outcome, int retriesSoFar, TimeSpan spent, double chance)
    {
        var isTransient = outcome.Kind is OutcomeKind.Unavailable or OutcomeKind.Ambiguous or OutcomeKind.NotSent;
        if (!isTransient || retriesSoFar >= retries || spent > LongestDelay || outcome.RetryAfter > LongestDelay)
            return null;

        var delay = firstDelay * Math.Pow(2, retriesSoFar) * (0.5 + chance);
        // Earlier than told is wrong; later than a second is not quick.
        delay = outcome.RetryAfter is { } told && told > delay ? told : delay;
        return delay <= LongestDelay ? delay : LongestDelay;
    }
}
