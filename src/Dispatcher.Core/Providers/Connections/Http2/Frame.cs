using System.Buffers.Binary;

namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>What stands before a frame's payload. RFC 9113 §4.1.</summary>
/// <param name="Length">Bytes of the payload.</param>
/// <param name="Type">One of the constants.</param>
/// <param name="Flags">Those of its type.</param>
/// <param name="Stream">The stream; 0 for the connection.</param>
internal readonly record struct Frame(int Length, byte Type, byte Flags, int Stream)
{
    /// <summary>Bytes of a frame's head.</summary>
    public const int HeadBytes = 9;

    /// <summary>The largest payload that everybody takes. RFC 9113 §4.2.</summary>
    public const int MaxPayload = 16_384;

    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte ResetStream = 3;
    public const byte Settings = 4;
    public const byte PushPromise = 5;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte WindowUpdate = 8;
    public const byte Continuation = 9;

    public const byte Ack = 0x1;
    public const byte EndStream = 0x1;
    public const byte EndHeaders = 0x4;
    public const byte Padded = 0x8;
    public const byte Prioritized = 0x20;

    /// <summary>Whether it has a flag.</summary>
    public bool Has(byte flag) => (Flags & flag) != 0;

    /// <summary>Reads a head.</summary>
    public static Frame Read(ReadOnlySpan<byte> head) => new(
        (head[0] << 16) | (head[1] << 8) | head[2], head[3], head[4], (int)(BinaryPrimitives.ReadUInt32BigEndian(head[5..]) & int.MaxValue));

    /// <summary>Writes the head.</summary>
    public void Write(Span<byte> head)
    {
        BinaryPrimitives.WriteUInt32BigEndian(head, ((uint)Length << 8) | Type);
        head[4] = Flags;
        BinaryPrimitives.WriteInt32BigEndian(head[5..], Stream);
    }
}
