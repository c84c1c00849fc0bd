using Dispatcher.Core.Configuration;

namespace Dispatcher.Core.Sending.Limits;

/// <summary>How much is asked of the providers, per app and worker: the section <c>Limits</c>.</summary>
[Live]
public sealed class LimitOptions
{
    /// <summary>Attempts in flight that an app may always have, 1 to 1,000. Default: 10.</summary>
    public int MinConcurrency { get; set; } = 10;

    /// <summary>Attempts in flight that an app may have at most, <see cref="MinConcurrency"/> to 20,000. Default: 1,000.</summary>
    public int MaxConcurrency { get; set; } = 1000;

    /// <summary>
    /// How many times its usual latency a round trip may take before an app's concurrency shrinks, 1.1 to 20; below 250 ms it never does.
    /// Default: 2 (Netflix' concurrency-limits says 1.5 of services of one's own; these are reached over the Internet).
    /// </summary>
    public double LatencyTolerance { get; set; } = 2;

    /// <summary>Attempts per minute to APNs, per app, 1 to 100,000,000. Default: none; Apple documents no such limit.</summary>
    public int? ApnsPerMinute { get; set; }

    /// <summary>
    /// Attempts per minute to FCM, per Firebase project, 1 to 100,000,000. Default: 600,000, the quota of a project (Firebase,
    /// "Throttling and quotas"); all workers share it.
    /// </summary>
    public int FcmPerMinute { get; set; } = 600_000;

    /// <summary>
    /// How long a rate takes to grow to its full height after a start or an outage, 0 to 10 min. Default: 60 s (Firebase, "Scale your FCM sends").
    /// </summary>
    public TimeSpan Ramp { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an app rests after its key, topic or project was refused, doubled up to 10 min while it is; 1 s to 10 min. Default: 60 s.</summary>
    public TimeSpan MisconfiguredPause { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long an app rests after a "too fast" without a <c>Retry-After</c>, 1 s to 1 h. Default: 60 s (Firebase, "Scale your FCM sends").
    /// </summary>
    public TimeSpan ThrottledPause { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a device rests after a "too fast", doubled up to 15 min while it goes on, 1 s to 15 min. Default: 30 s.</summary>
    public TimeSpan TokenPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Quick retries as a share of an app's recent first attempts, 0 to 1. Default: 0.2 (Finagle's and tower's figure).</summary>
    public double RetryShare { get; set; } = 0.2;

    /// <summary>Quick retries a second that an app has in any case, 0 to 10,000. Default: 10 (Finagle's and tower's figure).</summary>
    public int RetryReserve { get; set; } = 10;

    /// <summary>Dead letters for used-up retries that successes can earn in advance, 1 to 1,000,000. Default: 1,000.</summary>
    public int DeadLetterCredits { get; set; } = 1000;

    /// <summary>How often one such dead letter is free although nothing succeeds, 1 s to 1 day. Default: 5 min (Uber's uForwarder).</summary>
    public TimeSpan DeadLetterInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        if (MinConcurrency is < 1 or > 1000)
            yield return $"Limits:MinConcurrency {MinConcurrency} must be 1 to 1000.";
        if (MaxConcurrency < MinConcurrency || MaxConcurrency > 20_000)
            yield return $"Limits:MaxConcurrency {MaxConcurrency} must be Limits:MinConcurrency ({MinConcurrency}) to 20000.";
        if (LatencyTolerance is not (>= 1.1 and <= 20))
            yield return $"Limits:LatencyTolerance {LatencyTolerance} must be 1.1 to 20.";
        if (ApnsPerMinute is < 1 or > 100_000_000)
            yield return $"Limits:ApnsPerMinute {ApnsPerMinute} must be 1 to 100000000.";
        if (FcmPerMinute is < 1 or > 100_000_000)
            yield return $"Limits:FcmPerMinute {FcmPerMinute} must be 1 to 100000000.";
        if (Ramp < TimeSpan.Zero || Ramp > TimeSpan.FromMinutes(10))
            yield return $"Limits:Ramp {Ramp} must be 0 to 10 min.";
        if (MisconfiguredPause < TimeSpan.FromSeconds(1) || MisconfiguredPause > AppBreaker.LongestPause)
            yield return $"Limits:MisconfiguredPause {MisconfiguredPause} must be 1 s to 10 min.";
        if (ThrottledPause < TimeSpan.FromSeconds(1) || ThrottledPause > AppBreaker.LongestRetryAfter)
            yield return $"Limits:ThrottledPause {ThrottledPause} must be 1 s to 1 h.";
        if (TokenPause < TimeSpan.FromSeconds(1) || TokenPause > TokenBackoff.LongestPause)
            yield return $"Limits:TokenPause {TokenPause} must be 1 s to 15 min.";
        if (RetryShare is not (>= 0 and <= 1))
            yield return $"Limits:RetryShare {RetryShare} must be 0 to 1.";
        if (RetryReserve is < 0 or > 10_000)
            yield return $"Limits:RetryReserve {RetryReserve} must be 0 to 10000.";
        if (DeadLetterCredits is < 1 or > 1_000_000)
            yield return $"Limits:DeadLetterCredits {DeadLetterCredits} must be 1 to 1000000.";
        if (DeadLetterInterval < TimeSpan.FromSeconds(1) || DeadLetterInterval > TimeSpan.FromDays(1))
            yield return $"Limits:DeadLetterInterval {DeadLetterInterval} must be 1 s to 1 day.";
    }
}
