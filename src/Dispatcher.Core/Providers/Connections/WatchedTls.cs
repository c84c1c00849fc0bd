using System.Net.Security;
using System.Runtime.CompilerServices;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>TLS that lets <see cref="PeerFrames"/> read along. The handler takes a stream that is an <see cref="SslStream"/> as it is.</summary>
internal sealed class WatchedTls(Stream inner, PeerFrames frames) : SslStream(inner)
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await base.ReadAsync(buffer, cancellationToken);
        if (read > 0)
            frames.Read(buffer.Span[..read]);
        else if (buffer.Length > 0) // an empty buffer only waits for data
            frames.End();
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        frames.End();
        base.Dispose(disposing);
    }

    public override ValueTask DisposeAsync()
    {
        frames.End();
        return base.DisposeAsync();
    }
}
