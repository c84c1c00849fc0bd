namespace Dispatcher.Api.Compression;

/// <summary>
/// A body unpacked. Routes bound the size of what they keep; this bounds the work that few bytes can cause (a bomb), and says of data that
/// is damaged or cut off that the request is wrong.
/// </summary>
/// <param name="packed">The body as it comes.</param>
/// <param name="unpacked">The same, unpacked.</param>
internal sealed class UnpackedBody(PackedBody packed, Stream unpacked) : ReadOnlyStream
{
    /// <summary>Pushes to different devices shrink to a tenth, for tokens are random; a gzip bomb expands a thousandfold.</summary>
    private const int MaxRatio = 100;

    /// <summary>Bytes below which the ratio does not matter.</summary>
    private const long AlwaysAllowed = 16 * 1024 * 1024;

    private long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await UnpackAsync(buffer, cancellationToken);
        _read += read;
        return _read <= AlwaysAllowed + (MaxRatio * packed.Count)
            ? read
            : throw new BadHttpRequestException($"It expands more than {MaxRatio}-fold.", StatusCodes.Status413PayloadTooLarge);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            unpacked.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<int> UnpackAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await unpacked.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException) // the latter is Brotli's way of saying it
        {
            throw new BadHttpRequestException("Its compressed data is damaged or cut off.", StatusCodes.Status400BadRequest, e);
        }
    }
}
