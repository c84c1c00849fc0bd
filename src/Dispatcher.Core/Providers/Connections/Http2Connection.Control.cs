using System.Buffers.Binary;
using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Providers.Connections;

/// <content>What the peer says of the connection: settings, pings, goodbyes, room.</content>
internal sealed partial class Http2Connection
{
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

    private void CheckControl_NeedsLock()
    {
        if (_control.Length > Outbox.MaxControlBytes)
            throw new Http2Exception("The peer asks for more than it reads.");
    }

    private static int Grown(int window, int more) =>
        (long)window + more is <= int.MaxValue and var grown ? (int)grown : throw new Http2Exception("A window is too large.");
}
