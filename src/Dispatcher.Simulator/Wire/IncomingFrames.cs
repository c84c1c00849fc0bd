using System.Buffers;
using System.Buffers.Binary;
using Dispatcher.Simulator.Wire.Hpack;

namespace Dispatcher.Simulator.Wire;

/// <summary>Understands a client's frames, one after the other, and holds it to RFC 9113.</summary>
internal sealed class IncomingFrames(WireConnection connection, FrameOutput output)
{
    /// <summary>SETTINGS_HEADER_TABLE_SIZE, as both providers announce it.</summary>
    public const int HeaderTableBytes = 4096;

    private const int InitialWindowSetting = 4;

    // A header block in pieces ends before this: the list's own bound is far below.
    private const int MaxBlockBytes = 1024 * 1024;

    private readonly HpackDecoder _hpack = new(HeaderTableBytes);
    private readonly List<HeaderField> _fields = [];
    private readonly ArrayBufferWriter<byte> _block = new();
    private (int Stream, bool EndsStream)? _unfinished;
    private int _newest;
    private bool _hasSettings;

    public void Take(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        if (!_hasSettings && frame.Type != FrameType.Settings)
            throw Broken("the first frame must be SETTINGS");
        if (_unfinished is { } block && (frame.Type != FrameType.Continuation || frame.Stream != block.Stream))
            throw Broken("CONTINUATION was expected");

        switch (frame.Type)
        {
            case FrameType.Data:
                connection.Body(OfStream(frame).Stream, Unpad(frame, payload), payload.Length, frame.Has(FrameHeader.EndStream));
                break;
            case FrameType.Headers:
                Begin(OfStream(frame), payload);
                break;
            case FrameType.Continuation:
                Continue(frame, payload);
                break;
            case FrameType.RstStream:
                connection.TakenBack(OfStream(frame).Stream);
                break;
            case FrameType.Settings:
                Settle(frame, payload);
                break;
            case FrameType.Ping:
                Ping(frame, payload);
                break;
            case FrameType.WindowUpdate:
                connection.Granted(frame.Stream, Number(payload));
                break;
            case FrameType.PushPromise:
                throw Broken("a client must not push");
            default:
                // PRIORITY is ignored by APNs, a client's GOAWAY is its own business, and what is unknown is skipped.
                break;
        }
    }

    private static Http2Exception Broken(string problem, Http2Error code = Http2Error.ProtocolError) => new(code, problem);

    private static FrameHeader OfStream(in FrameHeader frame) => frame.Stream != 0 ? frame : throw Broken($"{frame.Type} needs a stream");

    private static int Number(ReadOnlySpan<byte> payload) => payload.Length == 4
        ? BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue
        : throw Broken("the frame must have four bytes", Http2Error.FrameSizeError);

    private static ReadOnlySpan<byte> Unpad(FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        if (!frame.Has(FrameHeader.Padded))
            return payload;
        return payload.Length > 0 && payload[0] < payload.Length ? payload[1..^payload[0]] : throw Broken("more padding than frame");
    }

    private void Begin(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        const int PriorityBytes = 5;
        payload = Unpad(frame, payload);
        if (frame.Has(FrameHeader.Priority))
            payload = payload.Length >= PriorityBytes ? payload[PriorityBytes..] : throw Broken("HEADERS is too short", Http2Error.FrameSizeError);

        if (frame.Has(FrameHeader.EndHeaders))
        {
            Finish(frame.Stream, frame.Has(FrameHeader.EndStream), payload);
            return;
        }

        _unfinished = (frame.Stream, frame.Has(FrameHeader.EndStream));
        _block.ResetWrittenCount();
        _block.Write(payload);
    }

    private void Continue(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        if (_unfinished is not { } block)
            throw Broken("CONTINUATION without HEADERS");
        _block.Write(payload);
        if (_block.WrittenCount > MaxBlockBytes)
            throw Broken("a header block is too long", Http2Error.EnhanceYourCalm);
        if (!frame.Has(FrameHeader.EndHeaders))
            return;

        _unfinished = null;
        Finish(block.Stream, block.EndsStream, _block.WrittenSpan);
    }

    private void Finish(int streamId, bool endsStream, ReadOnlySpan<byte> block)
    {
        // Whatever becomes of the request: the tables must follow every block.
        _fields.Clear();
        var fits = _hpack.Decode(block, _fields, connection.MaxHeaderListBytes);
        if (streamId <= _newest)
        {
            // Trailers; there is nothing in them that a push needs.
            connection.Body(streamId, [], 0, endsStream);
            return;
        }

        if (streamId % 2 == 0)
            throw Broken("a client's streams are odd");
        _newest = streamId;
        connection.Request(streamId, _fields, fits, endsStream);
    }

    private void Settle(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        const int SettingBytes = 6;
        _hasSettings = true;
        if (frame.Has(FrameHeader.Ack))
            return;
        if (payload.Length % SettingBytes != 0)
            throw Broken("SETTINGS come by six bytes", Http2Error.FrameSizeError);

        for (; !payload.IsEmpty; payload = payload[SettingBytes..])
        {
            if (BinaryPrimitives.ReadInt16BigEndian(payload) != InitialWindowSetting)
                continue; // the rest asks for less than is done anyway: no pushes, no table, small frames
            var window = BinaryPrimitives.ReadInt32BigEndian(payload[2..]);
            output.ChangeInitialWindow(window >= 0 ? window : throw Broken("the window is too large", Http2Error.FlowControlError));
        }

        output.Frame(FrameType.Settings, FrameHeader.Ack, 0, []);
    }

    private void Ping(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 8)
            throw Broken("PING must have eight bytes", Http2Error.FrameSizeError);
        if (frame.Has(FrameHeader.Ack))
        {
            connection.PingAnswered();
            return;
        }

        output.Frame(FrameType.Ping, FrameHeader.Ack, 0, payload);
        connection.Pinged();
    }
}
