using System.Buffers.Binary;
using System.Globalization;
using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Providers.Connections;

/// <content>
/// The writer: one work item at a time, which takes what has come since and sends it together, the head and the body of many requests in one
/// record of TLS and one call of the system.
/// </content>
internal sealed partial class Http2Connection : IThreadPoolWorkItem
{
    private const int WindowBytes = 65_535; // RFC 9113 §6.9.2: each window's first size

    // Two records of TLS: more at once gains nothing and makes the first of them wait.
    private const int BatchBytes = 32 * 1024;

    // Answers are tiny; this one is only large enough that its updates cost nothing.
    private const int OurWindowBytes = 1024 * 1024;

    // A head once its fields are in the table: a token, an id, and little else.
    private const int HeadEstimate = 128;

    private const int FixedFields = 6;

    private readonly HpackEncoder _encoder = new();
    private readonly Outbox _outbox = new(); // the writer's
    private readonly Outbox _control = new();
    private readonly List<Outgoing> _batch = [];
    private readonly LinkedList<Exchange> _blocked = []; // whose bodies the peer has no room for, in their order
    private bool _isWriting;
    private int _encodedBelow = 1;
    private int _room = WindowBytes;
    private int _firstRoom = WindowBytes;
    private bool _isTableResized;
    private int _tableBytes;
    private int _leastTableBytes = int.MaxValue;

    /// <summary>Requests whose body waits for the peer to make room.</summary>
    public int Blocked
    {
        get
        {
            lock (_lock)
                return _blocked.Count;
        }
    }

    /// <summary>Writes until nothing is left.</summary>
    void IThreadPoolWorkItem.Execute() => _ = WriteAsync();

    /// <summary>Says who is there and what it takes. RFC 9113 §3.4.</summary>
    private void Greet()
    {
        lock (_lock)
        {
            _control.Add("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
            Span<byte> settings = stackalloc byte[12];
            BinaryPrimitives.WriteUInt16BigEndian(settings, 2); // ENABLE_PUSH
            BinaryPrimitives.WriteUInt32BigEndian(settings[2..], 0);
            BinaryPrimitives.WriteUInt16BigEndian(settings[6..], 4); // INITIAL_WINDOW_SIZE: a body that is longer is cut
            BinaryPrimitives.WriteUInt32BigEndian(settings[8..], (uint)Math.Max(WindowBytes, _settings.MaxBodyBytes + Frame.MaxPayload));
            _control.Add(Frame.Settings, flags: 0, stream: 0, settings);
            SendControl_NeedsLock(Frame.WindowUpdate, stream: 0, OurWindowBytes - WindowBytes);
        }
    }

    private bool BeginsWriting_NeedsLock() => !_isWriting && (_isWriting = true);

    // Behind what is queued already: whoever sends next joins the batch.
    private void QueueWriter() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    private void SendControl_NeedsLock(byte type, int stream, uint number)
    {
        _control.Add(type, stream, number);
        if (BeginsWriting_NeedsLock())
            QueueWriter();
    }

    private void SendControl_NeedsLock(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        _control.Add(type, flags, stream, payload);
        if (BeginsWriting_NeedsLock())
            QueueWriter();
    }

    private async Task WriteAsync()
    {
        try
        {
            while (Gathers())
            {
                Encode();
                LetGo();
                await _dialed.Stream.WriteAsync(_outbox.Written);
                _outbox.Clear();
            }
        }
        catch (Exception e)
        {
            // A bug of ours ends like a broken wire: nobody reads what this task throws, and pushes wait for their answers.
            End(e is IOException or ObjectDisposedException ? "WriteFailed" : e.GetType().Name);
        }
    }

    /// <summary>Takes what is to leave now. From here on, what is taken whole counts as with the peer.</summary>
    /// <returns>Whether there is anything; otherwise the writer ends.</returns>
    private bool Gathers()
    {
        lock (_lock)
        {
            if (_end is not null)
                return false;
            _outbox.Add(_control.Written.Span);
            _control.Clear();
            ResizeTable_NeedsLock();
            var bytes = GatherBlocked_NeedsLock();
            while (bytes < BatchBytes && _open.Count < _peerStreams && _queued.TryDequeue(out var exchange))
            {
                if (exchange.IsEnded)
                    exchange.IsHeld = false;
                else
                    bytes += Open_NeedsLock(exchange);
            }

            return _isWriting = _batch.Count > 0 || _outbox.Length > 0;
        }
    }

    /// <summary>What the peer has said of its table since the last block. RFC 7541 §4.2: the smallest size counts, even if it was undone.</summary>
    private void ResizeTable_NeedsLock()
    {
        if (!_isTableResized)
            return;
        _encoder.Resize(_leastTableBytes);
        _encoder.Resize(_tableBytes);
        (_isTableResized, _leastTableBytes) = (false, int.MaxValue);
    }

    /// <summary>Continues bodies for which there is room again.</summary>
    private int GatherBlocked_NeedsLock()
    {
        var bytes = 0;
        for (var node = _blocked.First; node is not null && bytes < BatchBytes;)
        {
            var (exchange, next) = (node.Value, node.Next);
            if (!exchange.IsEnded && Take_NeedsLock(exchange) is > 0 and var count)
            {
                _batch.Add(new Outgoing(exchange, exchange.Request, exchange.Stream, IsFirst: false, CopyOf(exchange, count), exchange.HasLeft));
                bytes += count;
            }

            if (exchange.HasLeft || exchange.IsEnded)
                _blocked.Remove(node);
            if (exchange.IsEnded)
                exchange.IsHeld = false;
            node = next;
        }

        return bytes;
    }

    private int Open_NeedsLock(Exchange exchange)
    {
        exchange.Stream = _nextStream;
        exchange.Window = _firstRoom;
        _nextStream += 2;
        _open.Add(exchange.Stream, exchange);
        var count = Take_NeedsLock(exchange);
        var part = exchange.HasLeft ? exchange.Request.Body : CopyOf(exchange, count);
        _batch.Add(new Outgoing(exchange, exchange.Request, exchange.Stream, IsFirst: true, part, exchange.HasLeft));
        if (!exchange.HasLeft)
            _blocked.AddLast(exchange);
        return HeadEstimate + count;
    }

    /// <summary>Takes room for as much of a body as there is. RFC 9113 §6.9.</summary>
    private int Take_NeedsLock(Exchange exchange)
    {
        var body = exchange.Request.Body.Length;
        var count = Math.Max(0, Math.Min(body - exchange.Left, Math.Min(_room, exchange.Window)));
        _room -= count;
        exchange.Window -= count;
        exchange.Left += count;
        exchange.HasLeft = exchange.Left == body;
        if (exchange.HasLeft)
            _traffic.Add(body);
        return count;
    }

    /// <summary>
    /// What leaves now of a body that does not leave with its head. The peer may answer the head alone, and then the buffer is somebody
    /// else's before it is encoded.
    /// </summary>
    private static byte[] CopyOf(Exchange exchange, int count) => exchange.Request.Body.Slice(exchange.Left - count, count).ToArray();

    private void Encode()
    {
        foreach (var (_, request, stream, isFirst, part, isLast) in _batch)
        {
            if (isFirst)
                EncodeHead(request, stream, request.Body.IsEmpty);
            for (var rest = part.Span; rest.Length > 0;)
            {
                var data = rest[..Math.Min(rest.Length, Frame.MaxPayload)];
                rest = rest[data.Length..];
                _outbox.Add(Frame.Data, isLast && rest.IsEmpty ? Frame.EndStream : (byte)0, stream, data);
            }
        }
    }

    /// <summary>The batch is in the outbox: its exchanges are not needed here any more, and from now on the peer may answer them.</summary>
    private void LetGo()
    {
        lock (_lock)
        {
            foreach (var sent in _batch)
                sent.Exchange.IsHeld = !sent.Exchange.HasLeft; // then it is in the line of the blocked
            _batch.Clear();
            _encodedBelow = _nextStream;
        }
    }

    private void EncodeHead(Http2Request request, int stream, bool isAll)
    {
        var start = _outbox.Length;
        var room = _outbox.Room(Frame.HeadBytes + _encoder.MaxBytes(Characters(request), request.Fields.Length + FixedFields));
        var at = Frame.HeadBytes;
        at += _encoder.Begin(room[at..]);
        at += _encoder.Write(new HeaderField(":method", request.Method, Recurs: true), room[at..]);
        at += _encoder.Write(new HeaderField(":scheme", _settings.Endpoint.Scheme, Recurs: true), room[at..]);
        at += _encoder.Write(":path", request.Root, request.Rest, room[at..]);
        at += _encoder.Write(new HeaderField(":authority", _settings.Authority, Recurs: true), room[at..]);
        foreach (ref readonly var field in request.Fields)
            at += _encoder.Write(field, room[at..]);
        if (request.IdName is { } idName)
            at += _encoder.Write(idName, request.Id, room[at..]);
        if (!isAll)
        {
            Span<char> length = stackalloc char[10];
            request.Body.Length.TryFormat(length, out var digits, default, CultureInfo.InvariantCulture);
            at += _encoder.Write("content-length", length[..digits], [], room[at..]);
        }

        _outbox.Advance(at);
        _outbox.Frames(start, isAll ? Frame.EndStream : (byte)0, stream);
    }

    private int Characters(Http2Request request)
    {
        var characters = 128 + _settings.Authority.Length + request.Root.Length + request.Rest.Length; // the fixed names, and the id
        foreach (ref readonly var field in request.Fields)
            characters += field.Name.Length + field.Value.Length;
        return characters;
    }

    /// <summary>A part of a request, or all of it, that leaves with the batch.</summary>
    private readonly record struct Outgoing(
        Exchange Exchange, Http2Request Request, int Stream, bool IsFirst, ReadOnlyMemory<byte> Part, bool IsLast);
}
