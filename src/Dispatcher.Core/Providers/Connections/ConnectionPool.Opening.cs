using System.Net;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Providers.Connections;

/// <content>How connections come and go without a push asking for it.</content>
internal sealed partial class ConnectionPool
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(1);

    private long _measuredAt;
    private long _measuredBytes;
    private long _reportedRefused;
    private int _wantedForBytes;
    private bool _hasAged;

    /// <summary>How things stand, for who observes.</summary>
    private PoolLoad Load()
    {
        lock (_lock)
            return new PoolLoad(_open.Count, _inFlight, _waiting.Count, _open.Sum(connection => connection.Blocked), _open.Sum(connection => connection.Streams.Allowed));
    }

    /// <summary>Once a second: what time alone changes.</summary>
    private void Tick()
    {
        lock (_lock)
        {
            if (_isClosed)
                return;
            Measure_NeedsLock();
            foreach (var connection in _open.ToArray())
            {
                connection.Tick();
                var isIdle = connection.Streams.InUse == 0;
                if (isIdle && connection.Age.Idle >= _settings.IdleTimeout)
                    Retire_NeedsLock(connection, "idle");
                else if (!isIdle && connection.Health.Silence(_time) >= _settings.SilenceLimit)
                    Retire_NeedsLock(connection, "silence"); // what is on it may still be answered
            }

            _hasAged = _open.Exists(connection => connection.Age.IsPast);
            DialIfNeeded_NeedsLock();
        }
    }

    private void Measure_NeedsLock()
    {
        var (now, bytes, refused) = (_time.GetTimestamp(), _traffic.Bytes, Interlocked.Read(ref _refused));
        var seconds = _time.GetElapsedTime(_measuredAt, now).TotalSeconds;
        var roundTrip = _open.Count == 0 ? TimeSpan.Zero : _open.Min(connection => connection.RoundTrip);
        _wantedForBytes = seconds <= 0 ? 0 : Growth.ConnectionsFor((bytes - _measuredBytes) / seconds, roundTrip);
        _metrics.Left(bytes - _measuredBytes, refused - _reportedRefused);
        (_measuredAt, _measuredBytes, _reportedRefused) = (now, bytes, refused);
    }

    private void DialIfNeeded_NeedsLock()
    {
        if (_isDialing || _isClosed || !IsAnotherNeeded_NeedsLock() || !_pace.MayDial(isUrgent: _open.Count == 0))
            return;
        _isDialing = true;
        _pace.Begins();
        // Not here: under the lock nothing may call back.
        ThreadPool.UnsafeQueueUserWorkItem(static pool => _ = pool.DialAsync(), this, preferLocal: false);
    }

    private bool IsAnotherNeeded_NeedsLock()
    {
        if (_open.Count == 0)
            return _waiting.Count > 0;
        var (inUse, allowed) = (0, 0);
        foreach (var connection in _open)
        {
            if (!connection.Streams.HasAnswered)
                return false; // the last one is not proven yet
            (inUse, allowed) = (inUse + connection.Streams.InUse, allowed + connection.Streams.Allowed);
        }

        var isShort = _waiting.Count > 0 || _open.Count < _wantedForBytes || Growth.IsCrowded(inUse, allowed);
        return _open.Count < _settings.Connections ? isShort || _hasAged : _hasAged && _open.Count == _settings.Connections;
    }

    /// <summary>A new connection works: it takes the place of one that is past its time.</summary>
    private void ReplaceAged_NeedsLock()
    {
        if (_open.Find(connection => connection.Age.IsPast) is { } aged)
            Retire_NeedsLock(aged, "age");
        _hasAged = _open.Exists(connection => connection.Age.IsPast);
    }

    /// <summary>Nothing escapes: pushes wait for this, and nobody awaits it.</summary>
    private async Task DialAsync()
    {
        var started = _time.GetTimestamp();
        try
        {
            var dialed = await _dialer.DialAsync(InUse, _closing.Token);
            var connection = new Http2Connection(dialed, _settings, _traffic, new ConnectionAge(Lifetime(), _time), _time);
            try
            {
                await connection.StartAsync(_closing.Token);
            }
            catch
            {
                connection.Dispose();
                throw;
            }

            Opened(connection, _time.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The pool is shut; whoever waited was sent away.
        }
        catch (Exception e)
        {
            DialFailed((e as DialException)?.Word ?? e.GetType().Name, e);
        }
    }

    private void Opened(Http2Connection connection, TimeSpan took)
    {
        connection.Streams.PeerAllows(connection.PeerStreams);
        var (isTooLate, isBack) = (false, false);
        lock (_lock)
        {
            _isDialing = false;
            isTooLate = _isClosed;
            if (!isTooLate)
            {
                isBack = _pace.Succeeded();
                _open.Add(connection);
                Admit_NeedsLock();
                DialIfNeeded_NeedsLock();
            }
        }

        if (isTooLate)
        {
            connection.Dispose();
            return;
        }

        connection.Listen(Allows, GoesAway, Ends);
        _metrics.Opened(took);
        if (isBack)
            Log.Reached(_logger, _settings.Endpoint.Authority);
        Log.Opened(_logger, _settings.Endpoint.Authority, connection.Address, took);
    }

    private void DialFailed(string word, Exception exception)
    {
        var outcome = TransportFailure.NoConnection(word);
        bool isNews;
        lock (_lock)
        {
            _isDialing = false;
            isNews = _pace.Failed(outcome);
            if (_open.Count == 0)
                SendAway_NeedsLock(outcome);
        }

        _metrics.OpenFailed(word);
        if (isNews)
            Log.NotOpened(_logger, _settings.Endpoint.Authority, word, exception.Message);
    }

    private TimeSpan Lifetime() =>
        _settings.Lifetime == Timeout.InfiniteTimeSpan ? _settings.Lifetime : _settings.Lifetime * (0.9 + (_chance() / 10));

    private int InUse(IPAddress address)
    {
        lock (_lock)
            return _open.Count(connection => connection.Address.Equals(address));
    }

    private void Allows(Http2Connection connection)
    {
        lock (_lock)
        {
            connection.Streams.PeerAllows(connection.PeerStreams); // as it is now: two calls may come in any order
            Admit_NeedsLock();
            DialIfNeeded_NeedsLock();
        }
    }

    private void GoesAway(Http2Connection connection, GoAway goAway)
    {
        _metrics.GoneAway(goAway.Word);
        Log.GoneAway(_logger, _settings.Endpoint.Authority, goAway.Reason, goAway.Code);
        Retire(connection, "goaway");
    }

    private void Ends(Http2Connection connection) => Retire(connection, "closed");

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Connected to {Endpoint} at {Address} within {Took}")]
        public static partial void Opened(ILogger logger, string endpoint, IPAddress address, TimeSpan took);

        [LoggerMessage(2, LogLevel.Warning, "No connection to {Endpoint}: {Word} ({Detail}). It is dialled on; this is logged once")]
        public static partial void NotOpened(ILogger logger, string endpoint, string word, string detail);

        [LoggerMessage(3, LogLevel.Information, "{Endpoint} ends a connection: {Reason} (code {Code})")]
        public static partial void GoneAway(ILogger logger, string endpoint, string reason, uint code);

        [LoggerMessage(4, LogLevel.Debug, "A connection to {Endpoint} is retired: {Reason}; {InFlight} pushes end on it")]
        public static partial void Retired(ILogger logger, string endpoint, string reason, int inFlight);

        [LoggerMessage(5, LogLevel.Warning, "A connection to {Endpoint} is given up: {Reason}; {InFlight} pushes may still end on it")]
        public static partial void Unwell(ILogger logger, string endpoint, string reason, int inFlight);

        [LoggerMessage(6, LogLevel.Information, "{Endpoint} is reached again")]
        public static partial void Reached(ILogger logger, string endpoint);
    }
}
