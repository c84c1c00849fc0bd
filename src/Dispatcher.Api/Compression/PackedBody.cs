namespace Dispatcher.Api.Compression;

/// <summary>A body as it comes, which counts its bytes.</summary>
/// <param name="body">The body.</param>
internal sealed class PackedBody(Stream body) : ReadOnlyStream
{
    /// <summary>Bytes that have come so far.</summary>
    public long Count { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        Count += read;
        return read;
    }
}
