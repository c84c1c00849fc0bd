using Dispatcher.Core.Configuration;

namespace Dispatcher.Core.Sending;

/// <summary>How hard a push is tried within the process: the section <c>Sending</c>.</summary>
[Live]
public sealed class SendingOptions
{
    /// <summary>
    /// How long an attempt may take, 1 s to 2 min. Default: 15 s. Firebase asks for at least 10 s before a request is given up
    /// ("Scale your FCM sends").
    /// </summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Further attempts after a failure that may pass within a second, 0 to 5. Default: 2.</summary>
    public int QuickRetries { get; set; } = 2;

    /// <summary>The wait before the first quick retry, doubled for each further one, with jitter; 10 ms to 1 s. Default: 150 ms.</summary>
    public TimeSpan QuickRetryDelay { get; set; } = TimeSpan.FromMilliseconds(150);

    /// <summary>The share of failures among recent attempts that opens an endpoint's breaker, 0.05 to 1. Default: 0.5.</summary>
    public double BreakerFailureRatio { get; set; } = 0.5;

    /// <summary>Attempts within <see cref="BreakerWindow"/> below which the breaker does not judge, 2 to 10,000. Default: 20.</summary>
    public int BreakerMinimumAttempts { get; set; } = 20;

    /// <summary>What counts as recent for the breaker, 1 s to 5 min. Default: 10 s.</summary>
    public TimeSpan BreakerWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an open breaker waits before it lets one push probe the endpoint, 0.5 s to 5 min. Default: 5 s.</summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        if (AttemptTimeout < TimeSpan.FromSeconds(1) || AttemptTimeout > TimeSpan.FromMinutes(2))
            yield return $"Sending:AttemptTimeout {AttemptTimeout} must be 1 s to 2 min.";
        if (QuickRetries is < 0 or > 5)
            yield return $"Sending:QuickRetries {QuickRetries} must be 0 to 5.";
        if (QuickRetryDelay < TimeSpan.FromMilliseconds(10) || QuickRetryDelay > TimeSpan.FromSeconds(1))
            yield return $"Sending:QuickRetryDelay {QuickRetryDelay} must be 10 ms to 1 s.";
        if (BreakerFailureRatio is not (>= 0.05 and <= 1))
            yield return $"Sending:BreakerFailureRatio {BreakerFailureRatio} must be 0.05 to 1.";
        if (BreakerMinimumAttempts is < 2 or > 10_000)
            yield return $"Sending:BreakerMinimumAttempts {BreakerMinimumAttempts} must be 2 to 10000.";
        if (BreakerWindow < TimeSpan.FromSeconds(1) || BreakerWindow > TimeSpan.FromMinutes(5))
            yield return $"Sending:BreakerWindow {BreakerWindow} must be 1 s to 5 min.";
        if (BreakDuration < TimeSpan.FromSeconds(0.5) || BreakDuration > TimeSpan.FromMinutes(5))
            yield return $"Sending:BreakDuration {BreakDuration} must be 0.5 s to 5 min.";
    }
}
