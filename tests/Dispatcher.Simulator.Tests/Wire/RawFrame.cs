using System.Buffers.Binary;
using System.Text;

namespace Dispatcher.Simulator.Tests.Wire;

/// <summary>One frame as it came.</summary>
internal sealed record RawFrame(byte Type, byte Flags, int Stream, byte[] Payload)
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Reset = 3;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte WindowUpdate = 8;
    public const byte Continuation = 9;

    public bool IsAck => (Flags & 1) != 0;

    public bool EndsStream => (Flags & 1) != 0;

    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>Of RST_STREAM.</summary>
    public int ErrorCode => Number(0);

    /// <summary>Of GOAWAY.</summary>
    public (int LastStream, int Code, string Debug) Away => (Number(0), Number(4), Encoding.UTF8.GetString(Payload.AsSpan(8)));

    /// <summary>SETTINGS_MAX_CONCURRENT_STREAMS.</summary>
    public int? StreamLimit
    {
        get
        {
            for (var at = 0; at < Payload.Length; at += 6)
            {
                if (BinaryPrimitives.ReadInt16BigEndian(Payload.AsSpan(at)) == 3)
                    return Number(at + 2);
            }

            return null;
        }
    }

    /// <summary>Of HEADERS: the statuses of the static table are one byte, all others stand there as text.</summary>
    public int Status => Payload[0] switch
    {
        0x88 => 200,
        0x89 => 204,
        0x8c => 400,
        0x8d => 404,
        0x8e => 500,
        _ => int.Parse(Payload.AsSpan(2, 3), System.Globalization.CultureInfo.InvariantCulture),
    };

    private int Number(int at) => BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(at));
}
