using System.Net;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>
/// A request's body, which knows whether it has begun to leave. As long as it has not, no provider can have processed the request:
/// its end of stream comes after the body.
/// </summary>
internal sealed class PushContent(ReadOnlyMemory<byte> body) : HttpContent
{
    private volatile bool _hasLeft;

    /// <summary>Whether a byte may have left.</summary>
    public bool HasLeft => _hasLeft;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _hasLeft = true;
        return stream.WriteAsync(body, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
