namespace Dispatcher.Simulator.Wire;

/// <summary>The requests of a connection that wait for their answers, and which of them a GOAWAY may still disown.</summary>
internal sealed class OpenStreams
{
    // How many finished exchanges wait for another request.
    private const int MaxSpare = 128;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, WireExchange> _open = [];
    private readonly Stack<WireExchange> _spare = [];
    private int _newest;
    private int _newestTaken;

    public int Count
    {
        get
        {
            lock (_lock)
                return _open.Count;
        }
    }

    /// <summary>The last stream that is taken; what comes after a GOAWAY is ignored.</summary>
    public int LastGood { get; private set; } = int.MaxValue;

    public bool IsGoingAway => LastGood != int.MaxValue;

    /// <summary>An exchange that has served before, if there is one.</summary>
    public WireExchange? Spare()
    {
        lock (_lock)
            return _spare.TryPop(out var exchange) ? exchange : null;
    }

    public void Add(WireExchange exchange)
    {
        lock (_lock)
        {
            _open.Add(exchange.Id, exchange);
            _newest = exchange.Id;
        }
    }

    public WireExchange? Find(int streamId)
    {
        lock (_lock)
            return _open.GetValueOrDefault(streamId);
    }

    /// <summary>Ends one; <see langword="false"/> when it had ended before.</summary>
    public bool TryRemove(WireExchange exchange)
    {
        lock (_lock)
            return _open.Remove(exchange.Id);
    }

    public void Recycle(WireExchange exchange)
    {
        if (!exchange.TryReuse())
            return;
        lock (_lock)
        {
            if (_spare.Count < MaxSpare)
                _spare.Push(exchange);
        }
    }

    /// <summary>The provider has taken the push on that stream: it cannot be disowned any more.</summary>
    public void Take(WireExchange exchange)
    {
        lock (_lock)
            _newestTaken = Math.Max(_newestTaken, exchange.Id);
    }

    /// <summary>Closes the door behind a stream; those above it end without an answer.</summary>
    /// <param name="lastStreamId">The one asked for; absent: the newest.</param>
    /// <returns>The last stream that is good: never below one that was taken, never above an earlier one.</returns>
    public int Close(int? lastStreamId)
    {
        List<WireExchange> disowned;
        lock (_lock)
        {
            LastGood = Math.Min(LastGood, Math.Max(lastStreamId ?? _newest, _newestTaken));
            disowned = [.. _open.Values.Where(exchange => exchange.Id > LastGood)];
            foreach (var exchange in disowned)
                _open.Remove(exchange.Id);
        }

        foreach (var exchange in disowned)
            exchange.End();
        return LastGood;
    }

    /// <summary>Ends everything that is still open: the connection has ended, or is about to.</summary>
    public void EndAll()
    {
        List<WireExchange> dropped;
        lock (_lock)
        {
            dropped = [.. _open.Values];
            _open.Clear();
        }

        foreach (var exchange in dropped)
            exchange.End();
    }
}
