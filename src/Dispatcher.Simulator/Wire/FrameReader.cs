namespace Dispatcher.Simulator.Wire;

/// <summary>Cuts what a connection sends into frames, without copying them.</summary>
internal sealed class FrameReader(Stream stream)
{
    /// <summary>The SETTINGS_MAX_FRAME_SIZE that holds unless another is announced, and none is.</summary>
    public const int MaxPayload = 16_384;

    // The largest frame, and room to read ahead.
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Reads more; <see langword="false"/> when the client has closed its end.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }

    /// <summary>The next whole frame, good until <see cref="FillAsync"/>.</summary>
    public bool TryTake(out FrameHeader header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (_end - _start < FrameHeader.Bytes)
            return false;
        header = FrameHeader.Read(_buffer.AsSpan(_start));
        if (header.Length > MaxPayload)
            throw new Http2Exception(Http2Error.FrameSizeError, "a frame is larger than announced");
        if (_end - _start - FrameHeader.Bytes < header.Length)
            return false;

        payload = _buffer.AsSpan(_start + FrameHeader.Bytes, header.Length);
        _start += FrameHeader.Bytes + header.Length;
        return true;
    }

    /// <summary>Takes the bytes that every client begins with: RFC 9113 §3.4.</summary>
    public bool TryTakePreface()
    {
        var preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;
        var seen = _buffer.AsSpan(_start.._end);
        if (!seen.StartsWith(preface[..Math.Min(seen.Length, preface.Length)]))
            throw new Http2Exception(Http2Error.ProtocolError, "this is not HTTP/2");
        if (seen.Length < preface.Length)
            return false;
        _start += preface.Length;
        return true;
    }
}
