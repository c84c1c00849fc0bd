using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>
/// One HTTP/2 connection, once and never again. .NET's own pool fills a connection to the brim before it opens the next, opens without
/// bound, and dials again by itself; so every connection here is a handler of its own that gets one stream and no second one.
/// </summary>
internal sealed class Http2Connection : IDisposable
{
    private readonly ConnectionSettings _settings;
    private readonly Traffic _traffic;
    private readonly Dialed _dialed;
    private readonly HttpMessageInvoker _invoker;
    private bool _isTaken;

    // Answers are tiny, so growing receive windows gain nothing, and FCM punishes the pings that they are measured with.
    // The handler reads the switch once, at its first use in the process.
    static Http2Connection() =>
        AppContext.SetSwitch("System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing", true);

    /// <summary>Makes a connection of what was dialled.</summary>
    /// <param name="dialed">What was dialled.</param>
    /// <param name="settings">What the provider asks for.</param>
    /// <param name="traffic">Where bodies are counted.</param>
    /// <param name="age">When it is to be replaced.</param>
    public Http2Connection(Dialed dialed, ConnectionSettings settings, Traffic traffic, ConnectionAge age)
    {
        _dialed = dialed;
        _settings = settings;
        _traffic = traffic;
        Age = age;
        Streams = new Streams(settings.Streams, settings.AnswersOneFirst);
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = false,
            ConnectCallback = (_, _) => new(TakeStream()),
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan, // when to end is decided by the pool
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            KeepAlivePingDelay = settings.PingDelay,
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            // Also when nothing is in flight: a firewall that forgot the connection is found out before a push is lost in it.
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            AutomaticDecompression = DecompressionMethods.None,
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
        });
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

    /// <summary>Has somebody told what the peer says on it.</summary>
    /// <param name="streamLimit">How many streams it allows.</param>
    /// <param name="goneAway">That it takes no new ones.</param>
    /// <param name="ended">That nothing comes any more.</param>
    public void Listen(Action<Http2Connection, int> streamLimit, Action<Http2Connection, GoAway> goneAway, Action<Http2Connection> ended)
    {
        _dialed.Frames.StreamLimit = streams => streamLimit(this, streams);
        _dialed.Frames.GoneAway = goAway => goneAway(this, goAway);
        _dialed.Frames.Ended = () => ended(this);
    }

    /// <summary>Sends a request.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Reply> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var content = request.Content as PushContent; // a request without a body has left as soon as it may have
        content?.SetOut(_traffic);
        try
        {
            using var response = await _invoker.SendAsync(request, cancellationToken);
            return Reply.Answered(this, await ReadAsync(response, cancellationToken));
        }
        catch (Exception e) when (TransportFailure.Is(e))
        {
            return Reply.Failed(TransportFailure.Outcome(e, content is not { HasLeft: false }));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _invoker.Dispose();
        if (!Volatile.Read(ref _isTaken))
            _dialed.Stream.Dispose();
    }

    // A second call: the handler has lost the connection and has requests that nobody has processed.
    private Stream TakeStream() => Interlocked.Exchange(ref _isTaken, true) ? throw new ConnectionLostException() : _dialed.Stream;

    private async ValueTask<HttpAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status == 200 && !_settings.SuccessHasBody)
            return new(status, response.Headers, default);

        var buffer = ArrayPool<byte>.Shared.Rent(_settings.MaxBodyBytes);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var length = await stream.ReadAtLeastAsync(buffer.AsMemory(0, _settings.MaxBodyBytes), _settings.MaxBodyBytes, throwOnEndOfStream: false, cancellationToken);
            return new(status, response.Headers, buffer.AsSpan(0, length).ToArray());
        }
        catch (Exception e) when (status == 200 && TransportFailure.Is(e))
        {
            return new(status, response.Headers, default); // it was accepted, whatever became of the body
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
