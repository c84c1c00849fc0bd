namespace Dispatcher.Core.Providers.Connections;

/// <summary>
/// How many streams one connection may have open. A peer's own limit cannot be read through .NET, and running into it costs refused
/// streams, so the limit here is configured: one until the first answer where the provider asks for that, then <c>limit</c>.
/// </summary>
internal sealed class StreamGate
{
    private readonly int _limit;
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private int _allowed;
    private int _inUse;
    private bool _closed;
    private volatile int _load;

    public StreamGate(int limit) => _limit = _allowed = limit;

    /// <summary>Streams in use and callers waiting for one. Read without the lock: it only steers.</summary>
    public int Load => _load;

    /// <summary>Takes a stream if one is free.</summary>
    public bool TryEnter()
    {
        lock (_lock)
            return TryEnter_NeedsLock();
    }

    /// <summary>Takes a stream, waiting for one if need be.</summary>
    /// <returns>Whether a stream was taken; otherwise the gate has closed, or the token has fired first.</returns>
    public ValueTask<bool> EnterAsync(CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_lock)
        {
            if (_closed)
                return new(false);
            if (TryEnter_NeedsLock())
                return new(true);

            waiter = new Waiter();
            waiter.Node = _waiting.AddLast(waiter);
            _load++;
        }

        return WaitAsync(waiter, cancellationToken);
    }

    /// <summary>Gives a stream back.</summary>
    /// <returns>Whether the gate is closed and this was its last stream.</returns>
    public bool Leave()
    {
        lock (_lock)
        {
            _inUse--;
            _load--;
            Admit_NeedsLock();
            return _closed && _inUse == 0;
        }
    }

    /// <summary>The peer's limit is down to one stream until it has answered: a connection begins.</summary>
    public void Narrow()
    {
        lock (_lock)
            _allowed = 1;
    }

    /// <summary>The peer has answered: the whole limit is open.</summary>
    public void Widen()
    {
        if (Volatile.Read(ref _allowed) == _limit)
            return;
        lock (_lock)
        {
            _allowed = _limit;
            Admit_NeedsLock();
        }
    }

    /// <summary>Lets nobody in any more and sends away who waits.</summary>
    /// <returns>Whether no stream is in use.</returns>
    public bool Close()
    {
        lock (_lock)
        {
            _closed = true;
            while (TakeFirst_NeedsLock() is { } waiter)
                waiter.TrySetResult(false);
            return _inUse == 0;
        }
    }

    private bool TryEnter_NeedsLock()
    {
        if (_closed || _inUse >= _allowed)
            return false;
        _inUse++;
        _load++;
        return true;
    }

    private async ValueTask<bool> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, _) => ((Waiter)state!).TrySetResult(false), waiter);
        if (await waiter.Task)
            return true;

        lock (_lock)
        {
            _load--;
            if (waiter.Node is { } node)
                _waiting.Remove(node);
        }

        return false;
    }

    private void Admit_NeedsLock()
    {
        while (!_closed && _inUse < _allowed && TakeFirst_NeedsLock() is { } waiter)
        {
            // A waiter whose token fired meanwhile takes no stream.
            if (waiter.TrySetResult(true))
                _inUse++;
        }
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
