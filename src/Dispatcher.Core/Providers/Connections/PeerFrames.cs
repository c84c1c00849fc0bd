using System.Buffers.Binary;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>
/// Reads along what the peer says about the connection: how many streams it allows, and that and why it goes away. .NET heeds both and
/// tells neither (dotnet/runtime: <c>Http2Connection.ReadGoAwayFrame</c> drops the debug data). Everything else is skipped.
/// </summary>
internal sealed class PeerFrames
{
    // RFC 9113 §4.1, §6.5, §6.8.
    private const int HeaderBytes = 9;
    private const byte Settings = 4;
    private const byte GoAwayFrame = 7;
    private const byte Ack = 1;
    private const ushort MaxConcurrentStreams = 3;
    private const int SettingBytes = 6;

    // A reason is a word in a little JSON; a peer's essay is cut.
    private const int MaxKept = 1024;

    private readonly byte[] _header = new byte[HeaderBytes];
    private readonly byte[] _payload = new byte[MaxKept];
    private int _headerRead;
    private int _payloadRead;
    private int _payloadLength;
    private bool _ended;

    /// <summary>Called when the peer says how many streams may be open, with int.MaxValue at most.</summary>
    public Action<int>? StreamLimit { get; set; }

    /// <summary>Called when the peer takes no new streams.</summary>
    public Action<GoAway>? GoneAway { get; set; }

    /// <summary>Called once, when nothing comes any more.</summary>
    public Action? Ended { get; set; }

    private bool IsKept => _header[3] is Settings or GoAwayFrame;

    /// <summary>Takes the next bytes that came.</summary>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_headerRead < HeaderBytes)
            {
                _headerRead += Fill(_header.AsSpan(_headerRead), ref bytes);
                if (_headerRead < HeaderBytes)
                    return;
                _payloadLength = (_header[0] << 16) | (_header[1] << 8) | _header[2];
                _payloadRead = 0;
            }

            var part = bytes[..Math.Min(bytes.Length, _payloadLength - _payloadRead)];
            if (IsKept && _payloadRead < MaxKept)
                part[..Math.Min(part.Length, MaxKept - _payloadRead)].CopyTo(_payload.AsSpan(_payloadRead));
            _payloadRead += part.Length;
            bytes = bytes[part.Length..];
            if (_payloadRead < _payloadLength)
                return;
            _headerRead = 0;
            Conclude(_payload.AsSpan(0, Math.Min(_payloadLength, MaxKept)));
        }
    }

    /// <summary>Nothing comes any more.</summary>
    public void End()
    {
        if (_ended)
            return;
        _ended = true;
        Ended?.Invoke();
    }

    private void Conclude(ReadOnlySpan<byte> payload)
    {
        if (_header[3] == Settings && (_header[4] & Ack) == 0)
            ReadSettings(payload);
        else if (_header[3] == GoAwayFrame && payload.Length >= 8)
            GoneAway?.Invoke(GoAway.Read(payload));
    }

    private void ReadSettings(ReadOnlySpan<byte> payload)
    {
        for (; payload.Length >= SettingBytes; payload = payload[SettingBytes..])
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(payload) == MaxConcurrentStreams)
                StreamLimit?.Invoke((int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(payload[2..]), int.MaxValue));
        }
    }

    private static int Fill(Span<byte> target, ref ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(target.Length, bytes.Length);
        bytes[..count].CopyTo(target);
        bytes = bytes[count..];
        return count;
    }
}
