using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Dispatcher.Simulator.Wire;

/// <summary>What a connection says: frames are gathered and written together, within what the client's windows allow.</summary>
internal sealed class FrameOutput(Stream stream)
{
    /// <summary>The window of a connection, and of a stream unless the client says another: RFC 9113 §6.9.2.</summary>
    public const int DefaultWindow = 65_535;

    // Beyond this no more is read until it has left. Answers to requests are bounded by the streams; this is for those to PING and SETTINGS.
    private const int MaxGathered = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<WireExchange> _parked = [];
    private ArrayBufferWriter<byte> _gathering = new(16 * 1024);
    private ArrayBufferWriter<byte> _leaving = new(16 * 1024);
    private long _connectionWindow = DefaultWindow;
    private int _initialWindow = DefaultWindow;
    private bool _isHeld;
    private bool _isBroken;
    private Task _writing = Task.CompletedTask;

    /// <summary>Writing waits for this.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Gathers until <see cref="ReleaseAsync"/>: the answers to what came together leave together.</summary>
    public void Hold()
    {
        lock (_lock)
            _isHeld = true;
    }

    /// <summary>Lets it leave; waits while a client that does not read has let too much pile up.</summary>
    public Task ReleaseAsync()
    {
        lock (_lock)
        {
            _isHeld = false;
            Leave_NeedsLock();
            return _gathering.WrittenCount > MaxGathered ? _writing : Task.CompletedTask;
        }
    }

    /// <summary>Completes when everything has left, or the connection is broken.</summary>
    public Task FlushAsync()
    {
        lock (_lock)
        {
            _isHeld = false;
            Leave_NeedsLock();
            return _writing;
        }
    }

    public void Settings(params ReadOnlySpan<(int Id, int Value)> settings)
    {
        Span<byte> payload = stackalloc byte[6 * settings.Length];
        for (var index = 0; index < settings.Length; index++)
        {
            BinaryPrimitives.WriteInt16BigEndian(payload[(6 * index)..], (short)settings[index].Id);
            BinaryPrimitives.WriteInt32BigEndian(payload[(6 * index + 2)..], settings[index].Value);
        }

        Frame(FrameType.Settings, 0, 0, payload);
    }

    public void Reset(int streamId, Http2Error code) => Frame(FrameType.RstStream, 0, streamId, Number((int)code));

    public void WindowUpdate(int streamId, int bytes) => Frame(FrameType.WindowUpdate, 0, streamId, Number(bytes));

    public void GoAway(int lastStream, Http2Error code, string? debug)
    {
        var payload = new byte[8 + Encoding.UTF8.GetByteCount(debug ?? "")];
        BinaryPrimitives.WriteInt32BigEndian(payload, lastStream);
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(4), (int)code);
        Encoding.UTF8.GetBytes(debug ?? "", payload.AsSpan(8));
        Frame(FrameType.GoAway, 0, 0, payload);
    }

    public void Frame(FrameType type, byte flags, int streamId, ReadOnlySpan<byte> payload)
    {
        lock (_lock)
        {
            Frame_NeedsLock(type, flags, streamId, payload);
            Leave_NeedsLock();
        }
    }

    /// <summary>The whole answer: its headers at once, its body as soon as the windows allow.</summary>
    /// <param name="exchange">What is answered.</param>
    /// <param name="header">Its header block.</param>
    public void Answer(WireExchange exchange, ReadOnlySpan<byte> header)
    {
        lock (_lock)
        {
            var isAll = exchange.Unsent.IsEmpty;
            Frame_NeedsLock(FrameType.Headers, isAll ? (byte)(FrameHeader.EndHeaders | FrameHeader.EndStream) : FrameHeader.EndHeaders, exchange.Id, header);
            if (!isAll && !Send_NeedsLock(exchange))
                _parked.Enqueue(exchange);
            Leave_NeedsLock();
        }
    }

    /// <summary>The client grants more.</summary>
    /// <param name="streamId">0: the connection.</param>
    /// <param name="exchange">The stream's, while it waits for its answer; one that was answered is known here.</param>
    /// <param name="bytes">How much.</param>
    public void Grant(int streamId, WireExchange? exchange, int bytes)
    {
        lock (_lock)
        {
            exchange ??= _parked.FirstOrDefault(parked => parked.Id == streamId);
            if (streamId == 0)
                _connectionWindow += bytes;
            else if (exchange is not null)
                exchange.Granted += bytes;
            Resume_NeedsLock();
            Leave_NeedsLock();
        }
    }

    /// <summary>The client changed what every stream may be sent: RFC 9113 §6.9.2.</summary>
    public void ChangeInitialWindow(int bytes)
    {
        lock (_lock)
        {
            _initialWindow = bytes;
            Resume_NeedsLock();
            Leave_NeedsLock();
        }
    }

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private void Resume_NeedsLock()
    {
        for (var left = _parked.Count; left > 0; left--)
        {
            var exchange = _parked.Dequeue();
            if (!exchange.IsOver && !Send_NeedsLock(exchange))
                _parked.Enqueue(exchange);
        }
    }

    private bool Send_NeedsLock(WireExchange exchange)
    {
        while (true)
        {
            var size = (int)Math.Min(Math.Min(_connectionWindow, _initialWindow + exchange.Granted), Math.Min(FrameReader.MaxPayload, exchange.Unsent.Length));
            if (size <= 0)
                return false;

            var isLast = size == exchange.Unsent.Length;
            var endsHere = isLast && !exchange.EndsApart;
            Frame_NeedsLock(FrameType.Data, endsHere ? FrameHeader.EndStream : (byte)0, exchange.Id, exchange.Unsent.Span[..size]);
            _connectionWindow -= size;
            exchange.Granted -= size;
            exchange.Unsent = exchange.Unsent[size..];
            if (!isLast)
                continue;
            if (!endsHere)
                Frame_NeedsLock(FrameType.Data, FrameHeader.EndStream, exchange.Id, []);
            return true;
        }
    }

    private void Frame_NeedsLock(FrameType type, byte flags, int streamId, ReadOnlySpan<byte> payload)
    {
        var bytes = _gathering.GetSpan(FrameHeader.Bytes + payload.Length);
        new FrameHeader(payload.Length, type, flags, streamId).Write(bytes);
        payload.CopyTo(bytes[FrameHeader.Bytes..]);
        _gathering.Advance(FrameHeader.Bytes + payload.Length);
    }

    private void Leave_NeedsLock()
    {
        if (_isBroken)
            _gathering.ResetWrittenCount();
        else if (!_isHeld && _gathering.WrittenCount > 0 && _writing.IsCompleted)
            _writing = WriteAsync();
    }

    private async Task WriteAsync()
    {
        // Off the caller's lock: writing is encrypting.
        await Task.Yield();
        try
        {
            while (true)
            {
                await Gate;
                lock (_lock)
                {
                    if (_gathering.WrittenCount == 0)
                    {
                        _writing = Task.CompletedTask;
                        return;
                    }

                    (_gathering, _leaving) = (_leaving, _gathering);
                }

                await stream.WriteAsync(_leaving.WrittenMemory);
                _leaving.ResetWrittenCount();
            }
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The reading side sees it too and ends the connection.
            lock (_lock)
                _isBroken = true;
        }
    }
}
