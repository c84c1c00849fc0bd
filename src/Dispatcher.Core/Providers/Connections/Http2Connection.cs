using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>
/// One HTTP/2 connection. .NET's own pool fills a connection to the brim before it opens the next, and opens without bound, so every
/// connection here is a handler of its own; a handler that loses its connection dials again by itself.
/// </summary>
internal sealed class Http2Connection : IDisposable
{
    // A connection whose requests all run into their deadlines is dead, whatever TCP says (dotnet/runtime#120179).
    private const int TimeoutsUntilDead = 3;

    private readonly ConnectionSettings _settings;
    private readonly Action<Http2Connection> _died;
    private readonly StreamGate _gate;
    private readonly HttpMessageInvoker _invoker;
    private int _timeoutsInARow;

    // Answers are tiny, so growing receive windows gain nothing, and FCM punishes the pings that they are measured with.
    // The handler reads the switch once, at its first use in the process.
    static Http2Connection() =>
        AppContext.SetSwitch("System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing", true);

    /// <summary>A connection that opens with its first request.</summary>
    /// <param name="settings">What the provider asks for.</param>
    /// <param name="addresses">Where to dial.</param>
    /// <param name="died">Called when too many requests in a row got no answer.</param>
    public Http2Connection(ConnectionSettings settings, FreshAddresses addresses, Action<Http2Connection> died)
    {
        _settings = settings;
        _died = died;
        _gate = new StreamGate(settings.Streams);
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            ConnectCallback = (context, cancellationToken) =>
            {
                if (_settings.AnswersOneFirst)
                    _gate.Narrow();
                return addresses.ConnectAsync(context.DnsEndPoint, cancellationToken);
            },
            PooledConnectionIdleTimeout = settings.IdleTimeout,
            PooledConnectionLifetime = settings.Lifetime,
            KeepAlivePingDelay = settings.PingDelay,
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            // Also when nothing is in flight: a firewall that forgot the connection is found out before a push is lost in it.
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            SslOptions = settings.Roots.ToSslOptions(settings.Certificate),
            AutomaticDecompression = DecompressionMethods.None,
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
        });
        if (settings.AnswersOneFirst)
            _gate.Narrow();
    }

    /// <summary>Requests on it or waiting for it.</summary>
    public int Load => _gate.Load;

    /// <summary>Takes a stream for one request if one is free.</summary>
    public bool TryEnter() => _gate.TryEnter();

    /// <summary>Takes a stream for one request, waiting for it if need be.</summary>
    /// <returns>Whether a stream was taken; otherwise the connection takes no more requests, or the token has fired first.</returns>
    public ValueTask<bool> EnterAsync(CancellationToken cancellationToken) => _gate.EnterAsync(cancellationToken);

    /// <summary>Sends a request on the stream that was taken for it, and gives the stream back.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Reply> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _invoker.SendAsync(request, cancellationToken);
            if (Volatile.Read(ref _timeoutsInARow) != 0)
                Volatile.Write(ref _timeoutsInARow, 0);
            _gate.Widen();
            return Reply.Answered(this, await ReadAsync(response, cancellationToken));
        }
        catch (Exception e) when (TransportFailure.Is(e))
        {
            var failure = TransportFailure.Outcome(e, request.Content is PushContent { HasLeft: true });
            if (ReferenceEquals(failure, TransportFailure.NoAnswer) && Interlocked.Increment(ref _timeoutsInARow) == TimeoutsUntilDead)
                _died(this);
            return Reply.Failed(failure);
        }
        finally
        {
            if (_gate.Leave())
                _invoker.Dispose();
        }
    }

    /// <summary>Takes no new requests; closes once the last of those on it has ended.</summary>
    public void Dispose()
    {
        if (_gate.Close())
            _invoker.Dispose();
    }

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
