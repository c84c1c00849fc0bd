using System.Net.Sockets;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>As <see cref="WatchedTls"/>, for an <c>http</c> endpoint: a mock, or a proxy that adds the TLS.</summary>
internal sealed class WatchedTcp(Socket socket, PeerFrames frames) : NetworkStream(socket, ownsSocket: true)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await base.ReadAsync(buffer, cancellationToken);
        if (read > 0)
            frames.Read(buffer.Span[..read]);
        else if (buffer.Length > 0)
            frames.End();
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        frames.End();
        base.Dispose(disposing);
    }
}
