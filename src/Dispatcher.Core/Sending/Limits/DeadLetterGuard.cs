namespace Dispatcher.Core.Sending.Limits;

/// <summary>
/// Keeps an outage from emptying a topic into the dead letters: a push that used its retries up for a passing reason may become a dead
/// letter only against a credit, which a success earns. Without successes there is one every few minutes; the other pushes wait on.
/// What a provider will never take needs no credit. The idea is that of Uber's uForwarder.
/// </summary>
/// <param name="most">How many credits can be kept.</param>
/// <param name="interval">How often one is free.</param>
/// <param name="time">The clock.</param>
public sealed class DeadLetterGuard(int most, TimeSpan interval, TimeProvider time)
{
    private volatile Terms _terms = new(most, interval);
    private int _credits;
    private long _lastFree = time.GetTimestamp();

    /// <summary>Takes other terms; credits beyond a lower bound are used up first.</summary>
    /// <param name="newMost">How many credits can be kept.</param>
    /// <param name="newInterval">How often one is free.</param>
    public void Adopt(int newMost, TimeSpan newInterval) => _terms = new(newMost, newInterval);

    /// <summary>A push was accepted.</summary>
    public void Succeeded()
    {
        var credits = Volatile.Read(ref _credits);
        while (credits < _terms.Most)
        {
            var seen = Interlocked.CompareExchange(ref _credits, credits + 1, credits);
            if (seen == credits)
                return;
            credits = seen;
        }
    }

    /// <summary>Takes a credit: the push may become a dead letter.</summary>
    public bool TryTake()
    {
        var credits = Volatile.Read(ref _credits);
        while (credits > 0)
        {
            var seen = Interlocked.CompareExchange(ref _credits, credits - 1, credits);
            if (seen == credits)
                return true;
            credits = seen;
        }

        var last = Volatile.Read(ref _lastFree);
        return time.GetElapsedTime(last) >= _terms.Interval
            && Interlocked.CompareExchange(ref _lastFree, time.GetTimestamp(), last) == last;
    }

    private sealed record Terms(int Most, TimeSpan Interval);
}
