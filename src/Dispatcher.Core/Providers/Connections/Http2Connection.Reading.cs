using System.Buffers.Binary;
using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Providers.Connections;

/// <content>The reader: takes what has come, frame by frame.</content>
internal sealed partial class Http2Connection
{
    // A frame of the largest size, and as much again.
    private const int ReadBytes = 2 * (Frame.HeadBytes + Frame.MaxPayload);

    // RFC 9113 §10.5.1: a header block without end is an attack.
    private const int MaxBlockBytes = 64 * 1024;

    private readonly HpackDecoder _decoder = new();
    private readonly Outbox _block = new();
    private Completions? _completions;
    private int _blockStream;
    private bool _blockEnds;
    private bool _isGreeted;

    private async Task ReadAsync()
    {
        var bytes = new byte[ReadBytes];
        var filled = 0;
        try
        {
            while (await _dialed.Stream.ReadAsync(bytes.AsMemory(filled)) is > 0 and var count)
            {
                Interlocked.Exchange(ref _heardAt, _time.GetTimestamp());
                filled += count;
                var read = ReadFrames(bytes.AsSpan(0, filled));
                bytes.AsSpan(read, filled - read).CopyTo(bytes);
                filled -= read;
                Completions.Complete(ref _completions);
            }

            End("ResponseEnded");
        }
        catch (Exception e)
        {
            Completions.Complete(ref _completions);
            // As with the writer: whatever it is, pushes wait for their answers.
            End(e is Http2Exception or HpackException ? "HttpProtocolError" : e is IOException or ObjectDisposedException ? "ResponseEnded" : e.GetType().Name);
        }
    }

    /// <summary>Reads whole frames.</summary>
    /// <returns>How many bytes they had.</returns>
    private int ReadFrames(ReadOnlySpan<byte> bytes)
    {
        var read = 0;
        while (bytes.Length - read >= Frame.HeadBytes)
        {
            var frame = Frame.Read(bytes[read..]);
            if (frame.Length > Frame.MaxPayload)
                throw new Http2Exception("A frame is larger than we take.");
            if (bytes.Length - read - Frame.HeadBytes < frame.Length)
                break;
            Read(frame, bytes.Slice(read + Frame.HeadBytes, frame.Length));
            read += Frame.HeadBytes + frame.Length;
        }

        return read;
    }

    private void Read(Frame frame, ReadOnlySpan<byte> payload)
    {
        if (!_isGreeted && (frame.Type != Frame.Settings || frame.Has(Frame.Ack)))
            throw new Http2Exception("The first frame is not the peer's settings.");
        if (_blockStream != 0 && (frame.Type != Frame.Continuation || frame.Stream != _blockStream))
            throw new Http2Exception("A header block is interrupted.");
        switch (frame.Type)
        {
            case Frame.Data:
                ReadData(frame, Unpadded(frame, payload));
                break;
            case Frame.Headers:
                var block = Unpadded(frame, payload);
                ReadBlock(frame, frame.Has(Frame.Prioritized) ? From(block, 5) : block, frame.Has(Frame.EndStream));
                break;
            case Frame.Continuation when _blockStream != 0:
                ReadBlock(frame, payload, _blockEnds);
                break;
            case Frame.ResetStream:
                ReadReset(frame.Stream, Number(payload));
                break;
            case Frame.Settings when frame.Stream == 0:
                ReadSettings(frame, payload);
                break;
            case Frame.Ping when payload.Length == 8:
                ReadPing(frame, payload);
                break;
            case Frame.GoAway when payload.Length >= 8:
                ReadGoAway(payload);
                break;
            case Frame.WindowUpdate:
                ReadWindowUpdate(frame.Stream, (int)(Number(payload) & int.MaxValue));
                break;
            case Frame.PushPromise or Frame.Continuation or Frame.Settings or Frame.Ping or Frame.GoAway:
                throw new Http2Exception($"A frame of type {frame.Type} is out of place.");
        }
    }

    private void ReadBlock(Frame frame, ReadOnlySpan<byte> part, bool ends)
    {
        if (frame.Stream == 0)
            throw new Http2Exception("A header block has no stream.");
        if (frame.Has(Frame.EndHeaders) && _blockStream == 0)
        {
            ReadHead(frame.Stream, part, ends);
            return;
        }

        if (_block.Length + part.Length > MaxBlockBytes)
            throw new Http2Exception("A header block has no end.");
        _block.Add(part);
        (_blockStream, _blockEnds) = (frame.Stream, ends);
        if (!frame.Has(Frame.EndHeaders))
            return;
        _blockStream = 0;
        ReadHead(frame.Stream, _block.Written.Span, ends);
        _block.Clear();
    }

    private static ReadOnlySpan<byte> Unpadded(Frame frame, ReadOnlySpan<byte> payload)
    {
        if (!frame.Has(Frame.Padded))
            return payload;
        var padding = payload.IsEmpty ? 0 : payload[0];
        return padding < payload.Length ? payload[1..^padding] : throw new Http2Exception("A frame is all padding.");
    }

    private static ReadOnlySpan<byte> From(ReadOnlySpan<byte> payload, int start) =>
        payload.Length >= start ? payload[start..] : throw new Http2Exception("A frame is cut off.");

    private static uint Number(ReadOnlySpan<byte> payload) =>
        payload.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(payload) : throw new Http2Exception("A frame is cut off.");
}
