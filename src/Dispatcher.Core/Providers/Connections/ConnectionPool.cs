using System.Runtime.CompilerServices;
using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>
/// The connections to one endpoint with one credential. Every push takes a stream where the fewest are in use, or waits until there is
/// one anywhere. Connections are opened before they are needed and one after the other, and replaced before they end.
/// </summary>
/// <remarks>Its line has no bound of its own: who stands in it holds a permit and one of the lane's dispatch loops.</remarks>
internal sealed partial class ConnectionPool : IDisposable
{
    // What a connection loses or refuses without having processed it is sent again at once, so often.
    private const int MaxResends = 2;

    private readonly Lock _lock = new();
    private readonly ConnectionSettings _settings;
    private readonly PoolMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Func<double> _chance;
    private readonly ILogger _logger;
    private readonly Dialer _dialer;
    private readonly DialPace _pace;
    private readonly Traffic _traffic = new();
    private readonly List<Http2Connection> _open = [];
    private readonly LinkedList<StreamWaiter> _waiting = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly ITimer _tick;
    private int _inFlight;
    private long _refused;
    private bool _isDialing;
    private bool _isClosed;

    public ConnectionPool(ConnectionSettings settings, ConnectionMetrics metrics, TimeProvider time, Func<double> chance, ILogger logger)
    {
        _settings = settings;
        _time = time;
        _chance = chance;
        _logger = logger;
        _dialer = new Dialer(settings, time);
        _pace = new DialPace(settings.OpeningPace, time, chance);
        _metrics = metrics.Of(settings.Provider, settings.Endpoint.IdnHost, Load);
        _measuredAt = time.GetTimestamp();
        _tick = time.CreateTimer(static pool => ((ConnectionPool)pool!).Tick(), this, TickPeriod, TickPeriod);
    }

    /// <summary>Sends a request.</summary>
    public ValueTask<Reply> SendAsync(Http2Request request, CancellationToken cancellationToken)
    {
        SendingTraces.Asking(_settings.Endpoint);
        var (connection, waiter, failure) = Enter();
        if (failure is not null)
            return new(Reply.Failed(failure));
        return connection is not null ? SendAsync(connection, request, cancellationToken) : SendLaterAsync(waiter!, request, cancellationToken);
    }

    /// <summary>
    /// Takes a connection out that is no good any more; what is in flight on it ends there. Of those that are told apart by nothing but
    /// their push, somebody else may have been faster.
    /// </summary>
    public void Retire(Http2Connection connection) => Retire(connection, "credential");

    /// <summary>Takes nothing new. What is in flight ends where it is.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            Measure_NeedsLock();
            while (_open.Count > 0)
                Retire_NeedsLock(_open[^1], "shut");
            SendAway_NeedsLock(TransportFailure.Closed);
        }

        _closing.Cancel();
        _tick.Dispose();
        _metrics.Dispose();
    }

    private async ValueTask<Reply> SendLaterAsync(StreamWaiter waiter, Http2Request request, CancellationToken cancellationToken) =>
        await WaitAsync(waiter, cancellationToken) is { } connection
            ? await SendAsync(connection, request, cancellationToken)
            : Reply.Failed(waiter.Failure!);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Reply> SendAsync(Http2Connection connection, Http2Request request, CancellationToken cancellationToken)
    {
        for (var resends = 0; ; resends++)
        {
            Reply reply = default;
            try
            {
                reply = await connection.SendAsync(request, cancellationToken);
            }
            finally
            {
                Conclude(connection, reply);
            }

            var (isLost, isRefused) = (ReferenceEquals(reply.Failure, TransportFailure.Lost), ReferenceEquals(reply.Failure, TransportFailure.Refused));
            if (isRefused)
                Interlocked.Increment(ref _refused);
            if (!(isLost || isRefused) || resends == MaxResends)
                return reply;
            if (isLost)
                _metrics.Resent();
            var (next, waiter, failure) = Enter();
            if (next is null && failure is null)
                next = await WaitAsync(waiter!, cancellationToken);
            if (next is null)
                return Reply.Failed(failure ?? waiter!.Failure!);
            connection = next;
        }
    }

    /// <summary>A stream, or a place in the line for one, or why there will be none.</summary>
    private (Http2Connection? Connection, StreamWaiter? Waiter, SendOutcome? Failure) Enter()
    {
        lock (_lock)
        {
            if (_isClosed)
                return (null, null, TransportFailure.Closed);
            var connection = _waiting.Count == 0 ? Take_NeedsLock() : null; // nobody overtakes the line
            StreamWaiter? waiter = null;
            if (connection is null)
            {
                if (_open.Count == 0 && !_isDialing && _pace.Failure is { } failure)
                    return (null, null, failure); // an outage is the endpoint's breaker's business; it needs to hear of it
                waiter = new StreamWaiter();
                _waiting.AddLast(waiter.Node);
            }

            DialIfNeeded_NeedsLock();
            return (connection, waiter, null);
        }
    }

    private async ValueTask<Http2Connection?> WaitAsync(StreamWaiter waiter, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, _) => ((StreamWaiter)state!).Fail(TransportFailure.NoStream), waiter);
        if (await waiter.Task is { } connection)
            return connection;
        lock (_lock)
        {
            if (waiter.Node.List is not null)
                _waiting.Remove(waiter.Node);
        }

        return null;
    }

    /// <summary>The stream with the least company. A connection that has never answered gets its first push before the others get theirs.</summary>
    private Http2Connection? Take_NeedsLock()
    {
        Http2Connection? best = null;
        foreach (var connection in _open)
        {
            var streams = connection.Streams;
            if (!streams.HasRoom)
                continue;
            if (!streams.HasAnswered && streams.InUse == 0)
            {
                best = connection;
                break;
            }

            if (best is null || streams.InUse < best.Streams.InUse)
                best = connection;
        }

        if (best is null)
            return null;
        var now = _time.GetTimestamp();
        if (best.Streams.InUse == 0)
            best.Health.Spoke(now);
        best.Age.Used(now);
        best.Streams.Take();
        _inFlight++;
        return best;
    }

    private void Admit_NeedsLock()
    {
        while (_waiting.First is { } first && Take_NeedsLock() is { } connection)
        {
            _waiting.RemoveFirst();
            if (!first.Value.TrySetResult(connection))
                GiveBack_NeedsLock(connection); // its token fired meanwhile
        }
    }

    private void GiveBack_NeedsLock(Http2Connection connection)
    {
        connection.Streams.GiveBack();
        _inFlight--;
    }

    private void SendAway_NeedsLock(SendOutcome failure)
    {
        for (; _waiting.First is { } first; _waiting.RemoveFirst())
            first.Value.Fail(failure);
    }

    /// <summary>A request has ended. What it says of its connection is heard, and whoever waits takes its stream.</summary>
    private void Conclude(Http2Connection connection, in Reply reply)
    {
        lock (_lock)
        {
            GiveBack_NeedsLock(connection);
            if (connection.IsRetired && connection.Streams.InUse == 0)
                Close(connection);
            var now = _time.GetTimestamp();
            connection.Age.Used(now);
            if (reply.Connection is not null)
                Answered_NeedsLock(connection, now);
            else if (Verdict_NeedsLock(connection, reply.Failure) is { } reason)
                Retire_NeedsLock(connection, reason);
            Admit_NeedsLock();
            DialIfNeeded_NeedsLock();
        }
    }

    private void Answered_NeedsLock(Http2Connection connection, long now)
    {
        var isFirst = !connection.Streams.HasAnswered;
        connection.Streams.Answered();
        connection.Health.Answered(now);
        if (isFirst && _hasAged && !connection.IsRetired)
            ReplaceAged_NeedsLock();
    }

    private static string? Verdict_NeedsLock(Http2Connection connection, SendOutcome? failure)
    {
        if (ReferenceEquals(failure, TransportFailure.Lost))
            return "lost";
        if (ReferenceEquals(failure, TransportFailure.NoAnswer) || ReferenceEquals(failure, TransportFailure.NotWritten))
            return connection.Health.TimedOut() ? "timeouts" : null;
        if (!ReferenceEquals(failure, TransportFailure.Refused))
            return null;
        connection.Streams.Refused();
        return connection.Health.Refused() ? "refusals" : null;
    }

    private void Retire(Http2Connection connection, string reason)
    {
        lock (_lock)
        {
            Retire_NeedsLock(connection, reason);
            DialIfNeeded_NeedsLock();
        }
    }

    private void Retire_NeedsLock(Http2Connection connection, string reason)
    {
        if (!_open.Remove(connection))
            return; // somebody else was faster
        connection.IsRetired = true;
        if (connection.Streams.InUse == 0)
            Close(connection);
        _metrics.Retired(reason);
        if (reason is "timeouts" or "refusals" or "silence")
            Log.Unwell(_logger, _settings.Endpoint.Authority, reason, connection.Streams.InUse);
        else
            Log.Retired(_logger, _settings.Endpoint.Authority, reason, connection.Streams.InUse);
    }

    // Not here: under the lock nothing may call back, and closing does.
    private static void Close(Http2Connection connection) =>
        ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Dispose(), connection, preferLocal: false);
}
