using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>A connection before its first request.</summary>
/// <param name="Stream">TLS with HTTP/2 agreed on, or plain TCP for an <c>http</c> endpoint.</param>
/// <param name="Address">Whom it leads to; a proxy, where there is one.</param>
/// <param name="RoundTrip">How long TCP's handshake took, or the proxy's.</param>
internal sealed record Dialed(Stream Stream, IPAddress Address, TimeSpan RoundTrip);

/// <summary>
/// Dials one endpoint: a new DNS query each time, and another of its addresses each time. Apple asks for both
/// (developer.apple.com/forums/thread/778909). TLS is agreed on here, before any push depends on it.
/// </summary>
internal sealed class Dialer(ConnectionSettings settings, TimeProvider time)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private uint _dials;

    /// <summary>Resolves, connects, goes through the proxy, agrees on TLS and HTTP/2.</summary>
    /// <param name="inUse">How many connections an address has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DialException">It did not come about.</exception>
    public async Task<Dialed> DialAsync(Func<IPAddress, int> inUse, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        Socket? socket = null;
        Stream? stream = null;
        try
        {
            var (host, port) = settings.Proxy is { } proxy ? (proxy.Host, proxy.Port) : (settings.Endpoint.IdnHost, settings.Endpoint.Port);
            var addresses = AddressOrder.Of(await settings.Resolve(host, either.Token), _dials++, inUse);
            (socket, var address, var roundTrip) = await ConnectAsync(addresses, port, either.Token);

            var tcp = new NetworkStream(socket, ownsSocket: true);
            stream = settings.Endpoint.Scheme == Uri.UriSchemeHttp ? tcp : new SslStream(tcp);
            if (settings.Proxy is not null)
            {
                var asked = time.GetTimestamp();
                await settings.Proxy.TunnelAsync(socket, settings.Endpoint, either.Token);
                roundTrip += time.GetElapsedTime(asked);
            }

            if (stream is SslStream tls)
                await AgreeAsync(tls, either.Token);
            return new Dialed(stream, address, roundTrip);
        }
        catch (Exception e)
        {
            if (stream is not null)
                await stream.DisposeAsync();
            socket?.Dispose();
            if (cancellationToken.IsCancellationRequested)
                throw new OperationCanceledException("Given up.", e, cancellationToken);
            throw e as DialException ?? new DialException(DialException.WordOf(e), e);
        }
    }

    private async Task<(Socket Socket, IPAddress Address, TimeSpan RoundTrip)> ConnectAsync(
        IEnumerable<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        SocketException? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            var started = time.GetTimestamp();
            try
            {
                await socket.ConnectAsync(address, port, cancellationToken);
                return (socket, address, time.GetElapsedTime(started));
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    private async Task AgreeAsync(SslStream tls, CancellationToken cancellationToken)
    {
        var options = settings.Roots.ToSslOptions(settings.Certificate);
        options.TargetHost = settings.Endpoint.IdnHost;
        options.ApplicationProtocols = [SslApplicationProtocol.Http2];
        try
        {
            await tls.AuthenticateAsClientAsync(options, cancellationToken);
        }
        catch (IOException e)
        {
            throw new DialException("SecureConnectionError", e); // the peer hung up in the middle of it
        }

        if (tls.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2)
            throw new DialException("VersionNegotiationError", new IOException("The peer does not speak HTTP/2."));
    }
}
