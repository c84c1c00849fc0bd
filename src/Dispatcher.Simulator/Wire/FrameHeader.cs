using System.Buffers.Binary;

namespace Dispatcher.Simulator.Wire;

/// <summary>The nine bytes before every frame: RFC 9113 §4.1.</summary>
internal readonly record struct FrameHeader(int Length, FrameType Type, byte Flags, int Stream)
{
    public const int Bytes = 9;

    /// <summary>On SETTINGS and PING; the same bit as <see cref="EndStream"/>.</summary>
    public const byte Ack = 0x1;
    public const byte EndStream = 0x1;
    public const byte EndHeaders = 0x4;
    public const byte Padded = 0x8;
    public const byte Priority = 0x20;

    public static FrameHeader Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt32BigEndian(bytes) >>> 8,
        (FrameType)bytes[3],
        bytes[4],
        BinaryPrimitives.ReadInt32BigEndian(bytes[5..]) & int.MaxValue);

    public bool Has(byte flag) => (Flags & flag) != 0;

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(bytes, Length << 8);
        bytes[3] = (byte)Type;
        bytes[4] = Flags;
        BinaryPrimitives.WriteInt32BigEndian(bytes[5..], Stream);
    }
}
