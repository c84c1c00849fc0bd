using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Dispatcher.Core.Tests.Providers.Connections;

/// <summary>
/// A peer on loopback that speaks HTTP/2 in frames, without TLS: it can say and leave out whatever a server should not. What happens when
/// a request is complete decides the test.
/// </summary>
internal sealed class FramePeer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Any, 0);
    private readonly ConcurrentQueue<PeerConnection> _connections = [];
    private readonly Func<PeerConnection, int, Task> _requested;
    private readonly Func<PeerConnection, Task> _connected;
    private readonly Task _accepting;

    /// <param name="requested">A request is complete on a stream.</param>
    /// <param name="connected">A client is there; by default it gets empty SETTINGS.</param>
    public FramePeer(Func<PeerConnection, int, Task> requested, Func<PeerConnection, Task>? connected = null)
    {
        _requested = requested;
        _connected = connected ?? (connection => connection.SettingsAsync());
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public IReadOnlyList<PeerConnection> Connections => [.. _connections];

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        foreach (var connection in _connections)
            await connection.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync();
                _connections.Enqueue(new PeerConnection(socket, _connections.Count, _requested, _connected));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // stopped
        }
    }
}

/// <summary>One client's connection.</summary>
internal sealed class PeerConnection : IAsyncDisposable
{
    private const int Preface = 24;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private int _requests;
    private int _pings;

    public PeerConnection(Socket socket, int index, Func<PeerConnection, int, Task> requested, Func<PeerConnection, Task> connected)
    {
        (_socket, Index, Address) = (socket, index, ((IPEndPoint)socket.LocalEndPoint!).Address);
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reading = ReadAsync(requested, connected);
    }

    /// <summary>The how manieth it is.</summary>
    public int Index { get; }

    /// <summary>Which of this machine's addresses was dialled.</summary>
    public IPAddress Address { get; }

    /// <summary>Complete requests so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Pings from the client.</summary>
    public int Pings => Volatile.Read(ref _pings);

    /// <summary>Completes when the client has closed it.</summary>
    public Task Ended => _ended.Task.WaitAsync(Pools.Patience);

    public Task SettingsAsync(uint? maxStreams = null)
    {
        var payload = new byte[maxStreams is null ? 0 : 6];
        if (maxStreams is { } streams)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload, 3);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(2), streams);
        }

        return SendAsync(4, 0, 0, payload);
    }

    /// <summary>200 without a body: ":status: 200" is entry 8 of HPACK's static table.</summary>
    public Task AnswerAsync(int stream) => SendAsync(1, 0x5, stream, [0x88]);

    /// <summary>200 with a body.</summary>
    public async Task AnswerAsync(int stream, byte[] body)
    {
        await SendAsync(1, 0x4, stream, [0x88]);
        await SendAsync(0, 0x1, stream, body);
    }

    public Task ResetAsync(int stream, uint code) => SendAsync(3, 0, stream, UInt32(code));

    public Task GoAwayAsync(int lastStream, uint code = 0, string debug = "") =>
        SendAsync(7, 0, 0, [.. UInt32((uint)lastStream), .. UInt32(code), .. System.Text.Encoding.UTF8.GetBytes(debug)]);

    /// <summary>FIN: no more from here.</summary>
    public void Close() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>RST: gone.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _reading.WaitAsync(Pools.Patience); // an answer that a failed test never gave is left behind
    }

    private static byte[] UInt32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private async Task SendAsync(byte type, byte flags, int stream, byte[] payload)
    {
        byte[] frame =
        [
            (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, .. UInt32((uint)stream), .. payload,
        ];
        await _writing.WaitAsync();
        try
        {
            await _stream.WriteAsync(frame);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // the client is gone
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync(Func<PeerConnection, int, Task> requested, Func<PeerConnection, Task> connected)
    {
        try
        {
            await _stream.ReadExactlyAsync(new byte[Preface]);
            await connected(this);
            var header = new byte[9];
            while (true)
            {
                await _stream.ReadExactlyAsync(header);
                var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
                await _stream.ReadExactlyAsync(payload);
                var stream = (int)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(5));
                if (header[3] is 0 or 1 && (header[4] & 1) != 0)
                {
                    Interlocked.Increment(ref _requests);
                    _ = requested(this, stream); // END_STREAM
                }
                else if (header[3] == 6 && (header[4] & 1) == 0)
                {
                    Interlocked.Increment(ref _pings);
                    await SendAsync(6, 1, 0, payload);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _ended.TrySetResult();
        }
    }
}
