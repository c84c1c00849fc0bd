using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Dispatcher.Simulator.Wire;

/// <summary>The TCP connection under one of HTTP/2, and the two ways to end it.</summary>
/// <param name="socket">The connection.</param>
/// <param name="stream">What is read and written: the socket, or TLS over it.</param>
internal sealed class WireSocket(Socket socket, Stream stream)
    : IConnectionSocketFeature, IConnectionItemsFeature, ITlsConnectionFeature, IDisposable
{
    public Socket Socket => socket;

    public Stream Stream => stream;

    /// <summary>What the client has shown, if anything.</summary>
    public X509Certificate2? ClientCertificate { get; set; } = (stream as SslStream)?.RemoteCertificate as X509Certificate2;

    public IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);

    /// <summary>A TCP RST: a crash, or a middlebox that forgot it.</summary>
    public void Abort()
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Another strike on the same connection, or the client, was faster.
        }
    }

    /// <summary>Says that nothing more comes (FIN); the client still has to close its own end.</summary>
    public async Task FinishAsync()
    {
        try
        {
            if (stream is SslStream tls)
                await tls.ShutdownAsync();
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It has ended in another way.
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        socket.Dispose();
    }
}
