namespace Dispatcher.Core.Providers.Connections;

/// <summary>
/// The connections to one endpoint with one credential. A fixed number at most; the next one opens only while all open ones are busy,
/// and not right after another. Every request takes the connection with the least load.
/// </summary>
internal sealed class ConnectionPool : IDisposable
{
    private readonly ConnectionSettings _settings;
    private readonly TimeProvider _time;
    private readonly FreshAddresses _addresses = new();
    private readonly Http2Connection[] _connections;
    private readonly Lock _opening = new();
    private int _open = 1;
    private long _lastOpened;
    private volatile bool _disposed;

    public ConnectionPool(ConnectionSettings settings, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        _connections = new Http2Connection[settings.Connections];
        _connections[0] = Open();
        _lastOpened = time.GetTimestamp();
    }

    /// <summary>Sends a request on the least loaded connection.</summary>
    public ValueTask<Reply> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var connection = Pick();
        return connection.TryEnter() ? connection.SendAsync(request, cancellationToken) : SendLaterAsync(request, cancellationToken);
    }

    /// <summary>Puts a new connection in the place of one that is no good; what is in flight on the old one ends there.</summary>
    public void Retire(Http2Connection connection)
    {
        lock (_opening)
        {
            if (_disposed)
                return;
            var index = Array.IndexOf(_connections, connection, 0, _open);
            if (index < 0)
                return; // somebody else was faster
            Volatile.Write(ref _connections[index], Open());
        }

        connection.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_opening)
        {
            _disposed = true;
            foreach (var connection in _connections.AsSpan(0, _open))
                connection.Dispose();
        }
    }

    private async ValueTask<Reply> SendLaterAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        while (!_disposed)
        {
            var connection = Pick();
            if (await connection.EnterAsync(cancellationToken))
                return await connection.SendAsync(request, cancellationToken);
            if (cancellationToken.IsCancellationRequested)
                return Reply.Failed(TransportFailure.NoStream);
        }

        return Reply.Failed(TransportFailure.Closed);
    }

    private Http2Connection Open() => new(_settings, _addresses, Retire);

    private Http2Connection Pick()
    {
        var open = Volatile.Read(ref _open);
        var best = Volatile.Read(ref _connections[0]);
        var load = best.Load;
        for (var i = 1; i < open && load > 0; i++)
        {
            var other = Volatile.Read(ref _connections[i]);
            if (other.Load < load)
                (best, load) = (other, other.Load);
        }

        return load > 0 && open < _connections.Length ? OpenAnother() ?? best : best;
    }

    private Http2Connection? OpenAnother()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _lastOpened)) < _settings.OpeningPace)
            return null;
        lock (_opening)
        {
            if (_disposed || _open == _connections.Length || _time.GetElapsedTime(_lastOpened) < _settings.OpeningPace)
                return null;
            var connection = Open();
            _connections[_open] = connection;
            Volatile.Write(ref _open, _open + 1);
            Volatile.Write(ref _lastOpened, _time.GetTimestamp());
            return connection;
        }
    }
}
