using Dispatcher.Core.Configuration;

namespace Dispatcher.Core.Sending;

/// <summary>When a push that could not be sent is tried again, outside the process: the section <c>Retry</c>.</summary>
[Live]
public sealed class RetryOptions
{
    /// <summary>
    /// Requests that leave for the provider before a push is given up, 1 to 50. Default: 8. Quick retries count, and are
    /// not cut short by it.
    /// </summary>
    public int MaxAttempts { get; set; } = 8;

    /// <summary>
    /// How long a push without a time to live is tried, counted from its first failed attempt, 1 min to 30 days. Default: 1 day. A push with a
    /// time to live ends with that.
    /// </summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long a push waits each time that it cannot leave because something of ours is wrong (key, topic, project), 1 s to 1 h.
    /// Default: 1 min.
    /// </summary>
    public TimeSpan ParkDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// For how long after its acceptance a push of an app that is not configured here waits for it, 0 to 1 day. Default: 10 min. In a roll-out,
    /// the API may know an app before every worker does.
    /// </summary>
    public TimeSpan UnknownAppGrace { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        if (MaxAttempts is < 1 or > 50)
            yield return $"Retry:MaxAttempts {MaxAttempts} must be 1 to 50.";
        if (MaxAge < TimeSpan.FromMinutes(1) || MaxAge > TimeSpan.FromDays(30))
            yield return $"Retry:MaxAge {MaxAge} must be 1 min to 30 days.";
        if (ParkDelay < TimeSpan.FromSeconds(1) || ParkDelay > TimeSpan.FromHours(1))
            yield return $"Retry:ParkDelay {ParkDelay} must be 1 s to 1 h.";
        if (UnknownAppGrace < TimeSpan.Zero || UnknownAppGrace > TimeSpan.FromDays(1))
            yield return $"Retry:UnknownAppGrace {UnknownAppGrace} must be 0 to 1 day.";
    }
}
