using System.Buffers.Binary;

namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>
/// Bytes that are to leave, in a buffer that grows. Bound: a batch of requests, or <see cref="MaxControlBytes"/> of frames of the connection's own.
/// </summary>
internal sealed class Outbox
{
    /// <summary>A peer that asks for more answers to pings and settings than this, and reads none, is one to get rid of.</summary>
    public const int MaxControlBytes = 64 * 1024;

    private byte[] _bytes = new byte[1024];

    /// <summary>How many there are.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Room for so many more.</summary>
    public Span<byte> Room(int bytes)
    {
        if (_bytes.Length - Length < bytes)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes));
        return _bytes.AsSpan(Length);
    }

    /// <summary>So many were written into the room.</summary>
    public void Advance(int bytes) => Length += bytes;

    /// <summary>Empty again.</summary>
    public void Clear() => Length = 0;

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Adds a frame.</summary>
    public void Add(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        new Frame(payload.Length, type, flags, stream).Write(Room(Frame.HeadBytes));
        Length += Frame.HeadBytes;
        Add(payload);
    }

    /// <summary>Adds a frame whose payload is a number.</summary>
    public void Add(byte type, int stream, uint number)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(payload, number);
        Add(type, flags: 0, stream, payload);
    }

    /// <summary>Splits a header block that was written behind the head of its frame, where it is longer than one frame may be. RFC 9113 §4.3.</summary>
    /// <param name="start">Where the head is.</param>
    /// <param name="flags">The first frame's, less the end of the block.</param>
    /// <param name="stream">The stream.</param>
    public void Frames(int start, byte flags, int stream)
    {
        var length = Length - start - Frame.HeadBytes;
        if (length <= Frame.MaxPayload)
        {
            new Frame(length, Frame.Headers, (byte)(flags | Frame.EndHeaders), stream).Write(_bytes.AsSpan(start));
            return;
        }

        var block = _bytes.AsSpan(start + Frame.HeadBytes, length).ToArray();
        Length = start;
        for (var at = 0; at < block.Length; at += Frame.MaxPayload)
        {
            var part = block.AsSpan(at, Math.Min(Frame.MaxPayload, block.Length - at));
            var last = at + part.Length == block.Length ? Frame.EndHeaders : (byte)0;
            Add(at == 0 ? Frame.Headers : Frame.Continuation, (byte)(at == 0 ? flags | last : last), stream, part);
        }
    }
}
