using System.Buffers.Binary;
using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Providers.Connections;

/// <content>The reader: takes what has come, frame by frame, and completes what it answers.</content>
internal sealed partial class Http2Connection
{
    // A frame of the largest size, and as much again.
    private const int ReadBytes = 2 * (Frame.HeadBytes + Frame.MaxPayload);

    // RFC 9113 §10.5.1: a header block without end is an attack.
    private const int MaxBlockBytes = 64 * 1024;

    private readonly HpackDecoder _decoder = new();
    private readonly AnswerHead _head = new();
    private readonly Outbox _block = new();
    private Completions? _completions;
    private int _blockStream;
    private bool _blockEnds;
    private int _unreported;
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

    private void ReadHead(int stream, ReadOnlySpan<byte> block, bool ends)
    {
        var head = _head;
        head.Clear();
        _decoder.Decode(block, ref head); // also for a stream that nobody waits for: the table is one for all
        lock (_lock)
        {
            if (Find_NeedsLock(stream) is not { } exchange)
                return;
            if (exchange.Status == 0 && head.Status is >= 200 and < 1000) // 1xx is not the answer yet, and what comes later is a trailer
                (exchange.Status, exchange.Fields) = (head.Status, head.Fields);
            else if (exchange.Status == 0 && (ends || head.Status is < 100 or >= 1000))
                throw new Http2Exception("An answer has no status.");
            if (ends)
                Answer_NeedsLock(exchange);
        }
    }

    private void ReadData(Frame frame, ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            _unreported += frame.Length;
            if (_unreported >= OurWindowBytes / 2)
            {
                SendControl_NeedsLock(Frame.WindowUpdate, stream: 0, (uint)_unreported);
                _unreported = 0;
            }

            if (Find_NeedsLock(frame.Stream) is not { } exchange)
                return;
            if (exchange.Status == 0)
                throw new Http2Exception("A body comes before its head.");
            exchange.BodyBytes += data.Length;
            if (exchange.Status != 200 || _settings.SuccessHasBody)
                exchange.Body = [.. exchange.Body, .. data[..Math.Min(data.Length, _settings.MaxBodyBytes - exchange.Body.Length)]];
            if (frame.Has(Frame.EndStream))
                Answer_NeedsLock(exchange);
            else if (exchange.BodyBytes >= _settings.MaxBodyBytes)
                Answer_NeedsLock(exchange, isCut: true);
        }
    }

    private void ReadReset(int stream, uint code)
    {
        lock (_lock)
        {
            if (Find_NeedsLock(stream) is not { } exchange || !exchange.TryEnd())
                return;
            _open.Remove(stream);
            var failure = code == Http2Code.RefusedStream ? TransportFailure.Refused
                : TransportFailure.Broken("HttpProtocolError", exchange.HasLeft);
            Completions.Add(ref _completions, exchange, EndOf(exchange, failure));
            WriteNext_NeedsLock();
        }
    }

    private void ReadSettings(Frame frame, ReadOnlySpan<byte> payload)
    {
        if (frame.Has(Frame.Ack))
            return;
        if (payload.Length % 6 != 0)
            throw new Http2Exception("Settings are cut off.");
        Action<Http2Connection>? allows;
        lock (_lock)
        {
            for (; payload.Length > 0; payload = payload[6..])
                Apply_NeedsLock(BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt32BigEndian(payload[2..]));
            CheckControl_NeedsLock();
            SendControl_NeedsLock(Frame.Settings, Frame.Ack, stream: 0, []);
            allows = _allows;
        }

        _isGreeted = true;
        allows?.Invoke(this);
        _agreed.TrySetResult();
    }

    private void Apply_NeedsLock(ushort setting, uint value)
    {
        switch (setting)
        {
            case 1: // HEADER_TABLE_SIZE
                (_isTableResized, _tableBytes) = (true, (int)Math.Min(value, int.MaxValue));
                _leastTableBytes = Math.Min(_leastTableBytes, _tableBytes);
                break;
            case 3: // MAX_CONCURRENT_STREAMS
                _peerStreams = (int)Math.Min(value, int.MaxValue);
                break;
            case 4: // INITIAL_WINDOW_SIZE, also of what is open: RFC 9113 §6.9.2
                if (value > int.MaxValue)
                    throw new Http2Exception("A window is too large.");
                foreach (var exchange in _open.Values)
                    exchange.Window = Grown(exchange.Window, (int)value - _firstRoom);
                _firstRoom = (int)value;
                break;
        }
    }

    private void ReadPing(Frame frame, ReadOnlySpan<byte> payload)
    {
        lock (_lock)
        {
            if (frame.Has(Frame.Ack))
            {
                _isPinged = false;
                return;
            }

            CheckControl_NeedsLock();
            SendControl_NeedsLock(Frame.Ping, Frame.Ack, stream: 0, payload);
        }
    }

    private void ReadGoAway(ReadOnlySpan<byte> payload)
    {
        Action<Http2Connection, GoAway>? goesAway;
        lock (_lock)
        {
            _lastStream = Math.Min(_lastStream, (int)(Number(payload) & int.MaxValue));
            if (_lastStream == int.MaxValue)
                _lastStream--; // a first warning, as RFC 9113 §6.8 advises: nothing new either
            EndAll_NeedsLock(TransportFailure.Lost, _lastStream, ref _completions);
            goesAway = _goesAway;
        }

        goesAway?.Invoke(this, GoAway.Read(payload));
    }

    private void ReadWindowUpdate(int stream, int more)
    {
        lock (_lock)
        {
            if (stream == 0)
                _room = Grown(_room, more);
            else if (_open.TryGetValue(stream, out var exchange))
                exchange.Window = Grown(exchange.Window, more);
            if (_blocked.Count > 0 && BeginsWriting_NeedsLock())
                QueueWriter();
        }
    }

    /// <summary>The exchange of a stream; <see langword="null"/> for one that was given up.</summary>
    private Exchange? Find_NeedsLock(int stream)
    {
        if (stream >= _encodedBelow || stream % 2 == 0)
            throw new Http2Exception("A stream that nobody opened is answered.");
        return _open.GetValueOrDefault(stream);
    }

    /// <param name="exchange">What is answered.</param>
    /// <param name="isCut">Enough was read: the answer is complete for us, and only for us.</param>
    private void Answer_NeedsLock(Exchange exchange, bool isCut = false)
    {
        _open.Remove(exchange.Stream);
        if (exchange.TryEnd())
            Completions.Add(ref _completions, exchange, Reply.Answered(this, new HttpAnswer(exchange.Status, exchange.Fields, exchange.Body)));
        if (isCut || !exchange.HasLeft) // the peer would wait for the rest of the body, and count the stream
            SendControl_NeedsLock(Frame.ResetStream, exchange.Stream, Http2Code.Cancel);
        WriteNext_NeedsLock();
    }

    /// <summary>A stream is free: a request that waited for it may leave.</summary>
    private void WriteNext_NeedsLock()
    {
        if (_queued.Count > 0 && BeginsWriting_NeedsLock())
            QueueWriter();
    }

    private void CheckControl_NeedsLock()
    {
        if (_control.Length > Outbox.MaxControlBytes)
            throw new Http2Exception("The peer asks for more than it reads.");
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

    private static int Grown(int window, int more) =>
        (long)window + more is <= int.MaxValue and var grown ? (int)grown : throw new Http2Exception("A window is too large.");
}
