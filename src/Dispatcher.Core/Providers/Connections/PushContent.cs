using System.Net;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>
/// A request's body, which knows whether it has begun to leave. As long as it has not, no provider can have processed the request:
/// its end of stream comes after the body.
/// </summary>
internal sealed class PushContent(ReadOnlyMemory<byte> body) : HttpContent
{
    private volatile bool _hasLeft;
    private Traffic? _traffic;

    /// <summary>Whether a byte may have left.</summary>
    public bool HasLeft => _hasLeft;

    /// <summary>It is about to be sent, perhaps again after it was certain that nobody had processed it.</summary>
    /// <param name="traffic">Where it is counted.</param>
    public void SetOut(Traffic traffic) => (_hasLeft, _traffic) = (false, traffic);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _traffic?.Begins(body.Length, isReplay: _hasLeft);
        _hasLeft = true;
        try
        {
            await stream.WriteAsync(body, cancellationToken);
        }
        finally
        {
            _traffic?.Ends();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
