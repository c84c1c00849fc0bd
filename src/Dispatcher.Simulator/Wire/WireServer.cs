using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Dispatcher.Simulator.Wire;

/// <summary>
/// A provider's endpoint on an HTTP/2 server of our own, for what Kestrel does not let one do: stream limits that move, GOAWAY with debug
/// data and any last stream, silence before SETTINGS. Speaks TLS with ALPN h2, and HTTP/2 without TLS to whoever begins with it.
/// </summary>
public sealed class WireServer : IAsyncDisposable
{
    private const byte TlsHandshake = 0x16;

    private static readonly TimeSpan HandshakePatience = TimeSpan.FromSeconds(10);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<int, WireConnection> _connections = [];
    private readonly ConcurrentDictionary<Socket, Task> _running = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly SslServerAuthenticationOptions _tls;
    private readonly RequestDelegate _handle;
    private readonly string? _host;
    private WireProfile _profile;
    private Task _accepting = Task.CompletedTask;
    private DateText _date = new(0, "");
    private int _accepted;

    private WireServer(X509Certificate2 certificate, WireProfile profile, RequestDelegate handle, TimeProvider time, string? host)
    {
        (_profile, _handle, Time, _host) = (profile, handle, time, host);
        _tls = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            // Asked for, not demanded; the endpoint judges it: an answer says more than a broken handshake.
            ClientCertificateRequired = true,
#pragma warning disable CA5359 // it is the client's certificate that is taken as it comes
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => ListenAddress.Named(new($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}"), _host);

    /// <summary>How it treats its connections.</summary>
    public WireProfile Profile
    {
        get => _profile;
        set
        {
            _profile = value;
            foreach (var connection in _connections.Values)
                connection.Follow(value);
        }
    }

    /// <summary>Connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Those that are open.</summary>
    public IReadOnlyList<WireConnectionState> Connections => [.. _connections.Values.OrderBy(connection => connection.Number).Select(connection => connection.State)];

    internal TimeProvider Time { get; }

    /// <summary>The <c>date</c> of an answer given now.</summary>
    internal string Date
    {
        get
        {
            var now = Time.GetUtcNow();
            var date = _date;
            if (date.Second != now.ToUnixTimeSeconds())
                _date = date = new DateText(now.ToUnixTimeSeconds(), now.ToString("R", CultureInfo.InvariantCulture));
            return date.Text;
        }
    }

    /// <summary>Tells open connections to go away.</summary>
    /// <param name="order">How.</param>
    /// <param name="connection">Only this one; absent: all.</param>
    /// <returns>The last stream that each of them named.</returns>
    public IReadOnlyList<int> GoAway(GoAwayOrder order, int? connection = null) =>
        [.. _connections.Values.Where(open => connection is null || open.Number == connection).Select(open => open.GoAway(order))];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        foreach (var connection in _connections.Values)
            connection.Abort();
        await Task.WhenAll(_running.Values);
        _stop.Dispose();
    }

    internal static WireServer Start(int port, X509Certificate2 certificate, WireProfile profile, RequestDelegate handle, TimeProvider time, string? host = null)
    {
        var server = new WireServer(certificate, profile, handle, time, host);
        try
        {
            server._listener.Bind(new IPEndPoint(ListenAddress.Of(host), port));
            server._listener.Listen();
        }
        catch (SocketException problem)
        {
            server._listener.Dispose();
            throw new IOException($"Failed to bind to address https://127.0.0.1:{port}: {problem.Message}", problem);
        }

        server._accepting = server.AcceptAsync();
        return server;
    }

    internal async Task HandleAsync(HttpContext context)
    {
        try
        {
            await _handle(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer.
        }
        catch (Exception)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                _running[socket] = ServeAsync(socket);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The server stops.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        try
        {
            socket.NoDelay = true;
            if (await HandshakeAsync(socket) is { } stream)
                await RunAsync(new WireSocket(socket, stream));
        }
        catch (Exception gone) when (gone is IOException or SocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            // A client that cannot be talked to.
        }
        finally
        {
            socket.Dispose();
            _running.TryRemove(socket, out _);
        }
    }

    private async Task RunAsync(WireSocket socket)
    {
        using var connection = new WireConnection(this, Interlocked.Increment(ref _accepted), socket);
        _connections[connection.Number] = connection;
        try
        {
            if (!_stop.IsCancellationRequested)
                await connection.RunAsync();
        }
        finally
        {
            _connections.TryRemove(connection.Number, out _);
        }
    }

    private async Task<Stream?> HandshakeAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(HandshakePatience, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stop.Token);
        var first = new byte[1];
        if (await socket.ReceiveAsync(first, SocketFlags.Peek, either.Token) == 0)
            return null;

        var stream = new NetworkStream(socket, ownsSocket: false);
        if (first[0] != TlsHandshake)
            return stream;
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        await tls.AuthenticateAsServerAsync(_tls, either.Token);
        return tls;
    }

    private sealed record DateText(long Second, string Text);
}
