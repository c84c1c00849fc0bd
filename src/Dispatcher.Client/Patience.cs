namespace Dispatcher.Client;

/// <summary>Decides whether a message is tried again, and after how long. One for each call.</summary>
/// <param name="options">Bounds.</param>
internal sealed class Patience(DispatcherClientOptions options)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly long _begin = options.Time.GetTimestamp();
    private int _attempts;
    private int _connects;

    /// <summary>Attempts after the first.</summary>
    public int Retries => Math.Max(0, _attempts - 1);

    /// <summary>What is left until the deadline.</summary>
    public TimeSpan Left => options.Deadline - options.Time.GetElapsedTime(_begin);

    /// <summary>Another attempt begins.</summary>
    /// <returns>How long it may take.</returns>
    public TimeSpan Begin()
    {
        _attempts++;
        var left = Left;
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < options.AttemptTimeout ? left : options.AttemptTimeout;
    }

    /// <summary>How long to wait for the next attempt.</summary>
    /// <param name="problem">What the last one ended with.</param>
    /// <param name="hasKey">Whether the message has an idempotency key, so that it may go twice.</param>
    /// <returns>The wait; <see langword="null"/> when there is to be no further attempt.</returns>
    public TimeSpan? WaitAfter(Problem problem, bool hasKey)
    {
        _connects += problem.IsUnreachable ? 1 : 0;
        if (!problem.IsTransient || (problem.MayHaveBeenTaken && !hasKey) || _attempts >= options.MaxAttempts || _connects >= options.MaxConnects)
            return null;
        var chance = options.Chance();
        var wait = problem.RetryAfter is { } asked
            ? asked + (FirstWait * chance)
            : Min(LongestWait, FirstWait * Math.Pow(2, Math.Min(_attempts - 1, 16))) * (0.5 + (chance / 2));
        return wait < Left ? wait : null;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
