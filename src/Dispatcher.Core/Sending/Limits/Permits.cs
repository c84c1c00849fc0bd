namespace Dispatcher.Core.Sending.Limits;

/// <summary>
/// Permits to attempt, as many as an <see cref="AdaptiveLimit"/> allows at the moment, first come first served. Who would wait is
/// turned away at once when more are waiting already than can be served in that time (Little's law: limit × wait ÷ latency), at most
/// <see cref="AdaptiveLimit.Maximum"/>. When nothing has come back for longer than the wait, that silence is the latency: a service that
/// has stopped answering collects no crowd.
/// </summary>
/// <param name="limit">How many.</param>
/// <param name="time">Clock and timers.</param>
internal sealed class Permits(AdaptiveLimit limit, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private int _inUse;
    private long _lastProgress;

    /// <summary>Permits in use.</summary>
    public int InUse => Volatile.Read(ref _inUse);

    /// <summary>Whether there is one to take. Nobody holds it back: somebody else may be faster.</summary>
    public bool IsFree => InUse < limit.Current;

    /// <summary>For how long permits have been in use and none was given back; zero while none is in use.</summary>
    public TimeSpan Silence => InUse > 0 ? time.GetElapsedTime(Volatile.Read(ref _lastProgress)) : TimeSpan.Zero;

    /// <summary>Takes a permit if there is one and nobody waits for it.</summary>
    public bool TryTake()
    {
        lock (_lock)
            return TryTake_NeedsLock();
    }

    /// <summary>Takes a permit, waiting for it if need be. Without a wait nothing is allocated.</summary>
    /// <param name="longest">How long to wait at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether a permit was taken.</returns>
    public ValueTask<bool> TakeAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_lock)
        {
            if (TryTake_NeedsLock())
                return new(true);
            if (_waiting.Count >= Served_NeedsLock(longest))
                return new(false);
            waiter = new Waiter();
            waiter.Node = _waiting.AddLast(waiter);
        }

        return WaitAsync(waiter, longest, cancellationToken);
    }

    /// <summary>Gives a permit back; whoever waits longest gets it.</summary>
    /// <param name="now">The timestamp at which its attempt ended.</param>
    public void GiveBack(long now)
    {
        lock (_lock)
        {
            _inUse--;
            Volatile.Write(ref _lastProgress, now);
            while (_inUse < limit.Current && TakeFirst_NeedsLock() is { } waiter)
            {
                // A waiter whose time was up meanwhile takes none.
                if (waiter.TrySetResult(true))
                    _inUse++;
            }
        }
    }

    private bool TryTake_NeedsLock()
    {
        if (_inUse >= limit.Current || _waiting.Count > 0)
            return false;
        if (_inUse == 0)
            Volatile.Write(ref _lastProgress, time.GetTimestamp()); // first, for whoever looks without the lock
        _inUse++;
        return true;
    }

    /// <summary>How many can be served within a time, at the present pace.</summary>
    private int Served_NeedsLock(TimeSpan within)
    {
        var silence = time.GetElapsedTime(_lastProgress);
        var latency = silence > within ? silence : limit.IsDoubling ? TimeSpan.Zero : limit.Recent;
        return latency <= TimeSpan.Zero ? limit.Maximum : (int)Math.Clamp(limit.Current * (within / latency), 1, limit.Maximum);
    }

    private async ValueTask<bool> WaitAsync(Waiter waiter, TimeSpan longest, CancellationToken cancellationToken)
    {
        await using var deadline = time.CreateTimer(
            static state => ((Waiter)state!).TrySetResult(false), waiter, longest, Timeout.InfiniteTimeSpan);
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, _) => ((Waiter)state!).TrySetResult(false), waiter);
        if (await waiter.Task)
            return true;

        lock (_lock)
        {
            if (waiter.Node is { } node)
                _waiting.Remove(node);
        }

        return false;
    }

    private Waiter? TakeFirst_NeedsLock()
    {
        if (_waiting.First?.Value is not { } waiter)
            return null;
        _waiting.RemoveFirst();
        waiter.Node = null;
        return waiter;
    }

    // Continuations run elsewhere, so none runs under the lock.
    private sealed class Waiter() : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public LinkedListNode<Waiter>? Node { get; set; }
    }
}
