using System.Net;
using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>
/// One HTTP/2 connection, once and never again: it carries small requests, many at a time, and knows of each whether it may be with the peer.
/// RFC 9113; the writer and the reader are in files of their own. ADR 20 says why it is not .NET's.
/// </summary>
/// <remarks>Callbacks run outside the connection's lock.</remarks>
internal sealed partial class Http2Connection : IDisposable
{
    // As long as dialling may take: whoever has agreed on TLS and then says nothing is no HTTP/2 peer.
    private static readonly TimeSpan SettingsDeadline = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan PingDeadline = TimeSpan.FromSeconds(20);

    // A connection has 2^30 streams, and no more: what waits for one fits into the rest.
    private const int LastUsedStream = int.MaxValue - 1_000_000;

    private readonly Lock _lock = new();
    private readonly ConnectionSettings _settings;
    private readonly Traffic _traffic;
    private readonly Dialed _dialed;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _agreed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<Exchange> _queued = new(); // bound: the streams that the pool takes
    private readonly Dictionary<int, Exchange> _open = [];
    private readonly Stack<Exchange> _idle = new(); // bound: the streams that the pool takes
    private readonly int _lastUsedStream;
    private Action<Http2Connection>? _allows;
    private Action<Http2Connection, GoAway>? _goesAway;
    private Action<Http2Connection>? _ends;
    private int _nextStream = 1;
    private int _lastStream = int.MaxValue; // RFC 9113 §6.8: what is above it, the peer has not processed
    private int _peerStreams = int.MaxValue;
    private string? _end;
    private long _heardAt;
    private long _pingedAt;
    private bool _isPinged;

    /// <summary>Makes a connection of what was dialled; <see cref="StartAsync"/> begins it.</summary>
    /// <param name="dialed">What was dialled.</param>
    /// <param name="settings">What the provider asks for.</param>
    /// <param name="traffic">Where bodies are counted.</param>
    /// <param name="age">When it is to be replaced.</param>
    /// <param name="time">The clock.</param>
    /// <param name="lastUsedStream">Above which stream nothing new is taken.</param>
    public Http2Connection(
        Dialed dialed, ConnectionSettings settings, Traffic traffic, ConnectionAge age, TimeProvider time, int lastUsedStream = LastUsedStream)
    {
        _dialed = dialed;
        _settings = settings;
        _traffic = traffic;
        _time = time;
        _lastUsedStream = lastUsedStream;
        _heardAt = time.GetTimestamp();
        Age = age;
        Streams = new Streams(settings.Streams, settings.AnswersOneFirst);
    }

    /// <summary>Whom it leads to.</summary>
    public IPAddress Address => _dialed.Address;

    /// <summary>How long the peer's news takes.</summary>
    public TimeSpan RoundTrip => _dialed.RoundTrip;

    /// <summary>How old it is and may get.</summary>
    public ConnectionAge Age { get; }

    /// <summary>Its streams. Guarded by the pool's lock.</summary>
    public Streams Streams { get; }

    /// <summary>How it is. Guarded by the pool's lock.</summary>
    public ConnectionHealth Health { get; } = new();

    /// <summary>Whether it takes nothing new. Guarded by the pool's lock.</summary>
    public bool IsRetired { get; set; }

    /// <summary>How many streams the peer allows at the moment.</summary>
    public int PeerStreams
    {
        get
        {
            lock (_lock)
                return _peerStreams;
        }
    }

    /// <summary>Begins, and waits for the peer's first word, which says how many streams it allows: so no request is refused for want of it.</summary>
    /// <exception cref="DialException">The peer does not speak HTTP/2, or says nothing.</exception>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Greet();
        _ = ReadAsync();
        try
        {
            await _agreed.Task.WaitAsync(SettingsDeadline, _time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new DialException("ConnectTimeout", e);
        }
    }

    /// <summary>Has somebody told what the peer says on it; of what it has said already, at once.</summary>
    /// <param name="allows">That it may allow another number of streams: <see cref="PeerStreams"/>.</param>
    /// <param name="goesAway">That it takes no new ones.</param>
    /// <param name="ends">That nothing comes any more.</param>
    public void Listen(Action<Http2Connection> allows, Action<Http2Connection, GoAway> goesAway, Action<Http2Connection> ends)
    {
        bool isOver;
        lock (_lock)
        {
            (_allows, _goesAway, _ends) = (allows, goesAway, ends);
            isOver = _end is not null || _lastStream < int.MaxValue;
        }

        allows(this);
        if (isOver)
            ends(this);
    }

    /// <summary>Sends a request. Every way in which it ends is a value.</summary>
    public ValueTask<Reply> SendAsync(Http2Request request, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return new(Reply.Failed(TransportFailure.NoStream)); // says nothing of the connection
        Exchange? exchange;
        bool begins;
        lock (_lock)
        {
            if (_nextStream > _lastUsedStream && _lastStream == int.MaxValue)
                UseUp_NeedsLock();
            if (_end is not null || _lastStream < int.MaxValue)
                return new(Reply.Failed(TransportFailure.Lost));
            if (!_idle.TryPop(out exchange))
                exchange = new Exchange(this);
            exchange.Begin(request);
            _queued.Enqueue(exchange);
            begins = BeginsWriting_NeedsLock();
        }

        if (begins)
            QueueWriter();
        exchange.Watch(cancellationToken);
        return exchange.Task;
    }

    /// <summary>Looks after a connection on which nothing comes: once a second.</summary>
    public void Tick()
    {
        bool isDead;
        lock (_lock)
        {
            var silence = _time.GetElapsedTime(Interlocked.Read(ref _heardAt));
            isDead = _isPinged && silence >= PingDeadline && _time.GetElapsedTime(_pingedAt) >= PingDeadline;
            if (!_isPinged && _settings.PingDelay != Timeout.InfiniteTimeSpan && silence >= _settings.PingDelay)
            {
                (_isPinged, _pingedAt) = (true, _time.GetTimestamp());
                SendControl_NeedsLock(Frame.Ping, flags: 0, stream: 0, "dispatch"u8);
            }
        }

        if (isDead)
            ThreadPool.UnsafeQueueUserWorkItem(static dead => dead.End("PingTimeout"), this, preferLocal: false); // the caller has a lock
    }

    /// <summary>An exchange's deadline has passed.</summary>
    public void GiveUp(Exchange exchange)
    {
        Reply reply;
        lock (_lock)
        {
            if (!exchange.TryEnd())
                return;
            Close_NeedsLock(exchange);
            reply = EndOf(exchange, exchange.HasLeft ? TransportFailure.NoAnswer : TransportFailure.NotWritten);
        }

        Completions? batch = null;
        Completions.Add(ref batch, exchange, reply); // not here: whoever fires the token has others to tell
        Completions.Complete(ref batch);
    }

    /// <summary>An exchange's result was taken: it serves again, unless the writer still has it in hand.</summary>
    public void Return(Exchange exchange)
    {
        lock (_lock)
        {
            if (exchange.IsHeld || _end is not null)
                return;
            exchange.Clear();
            _idle.Push(exchange);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => End("Closed");

    /// <summary>Ends the connection and everything on it.</summary>
    /// <param name="word">Why.</param>
    private void End(string word)
    {
        Action<Http2Connection>? ends;
        Completions? batch = null;
        lock (_lock)
        {
            if (_end is not null)
                return;
            _end = word;
            ends = _ends;
            EndAll_NeedsLock(TransportFailure.Broken(word, hasLeft: true), above: 0, ref batch);
            _blocked.Clear();
        }

        Completions.Complete(ref batch);
        if (_agreed.TrySetException(new DialException(word, new IOException("The peer ended the connection before it said what it allows."))))
            _ = _agreed.Task.Exception; // whoever waited may have gone
        _dialed.Stream.Dispose();
        ends?.Invoke(this);
    }

    /// <summary>Ends what is open above a stream, and what waits: the peer has seen nothing of the latter.</summary>
    private void EndAll_NeedsLock(SendOutcome failure, int above, ref Completions? batch)
    {
        foreach (var (stream, exchange) in _open)
        {
            if (stream <= above || !exchange.TryEnd())
                continue;
            _open.Remove(stream);
            Completions.Add(ref batch, exchange, EndOf(exchange, exchange.HasLeft ? failure : TransportFailure.Lost));
        }

        foreach (var exchange in _queued)
        {
            exchange.IsHeld = false;
            if (exchange.TryEnd())
                Completions.Add(ref batch, exchange, Reply.Failed(TransportFailure.Lost));
        }

        _queued.Clear();
    }

    private void UseUp_NeedsLock()
    {
        _lastStream = int.MaxValue - 1;
        if (_ends is { } ends)
            ThreadPool.UnsafeQueueUserWorkItem(static used => used.ends(used.connection), (ends, connection: this), preferLocal: false);
    }

    /// <summary>Takes an exchange's stream away from it; the peer is told that nobody waits any more.</summary>
    private void Close_NeedsLock(Exchange exchange)
    {
        if (exchange.Stream == 0 || !_open.Remove(exchange.Stream))
            return;
        SendControl_NeedsLock(Frame.ResetStream, exchange.Stream, Http2Code.Cancel);
    }

    /// <summary>What was accepted stays so, whatever became of the rest of the answer.</summary>
    private Reply EndOf(Exchange exchange, SendOutcome failure) =>
        exchange.Status == 200 ? Reply.Answered(this, new HttpAnswer(200, exchange.Fields, exchange.Body)) : Reply.Failed(failure);
}
