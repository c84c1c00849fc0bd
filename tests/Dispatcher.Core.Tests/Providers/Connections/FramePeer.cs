using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Core.Tests.Providers.Connections.Http2;

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

/// <summary>A frame that a client sent.</summary>
internal sealed record PeerFrame(byte Type, byte Flags, int Stream, byte[] Payload)
{
    /// <summary>Whether its stream ends with it.</summary>
    public bool IsLast => Type is Frame.Data or Frame.Headers && (Flags & Frame.EndStream) != 0;

    /// <summary>The payload's first number.</summary>
    public uint Number => BinaryPrimitives.ReadUInt32BigEndian(Payload);
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
    private readonly ConcurrentQueue<PeerFrame> _frames = [];
    private readonly ConcurrentDictionary<int, List<string>> _heads = [];
    private readonly HpackDecoder _decoder = new(maxListBytes: 64 * 1024);
    private readonly List<byte> _block = [];
    private int _requests;
    private int _pings;
    private uint _syncs;

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

    /// <summary>Whether pings are answered.</summary>
    public bool AnswersPings { get; set; } = true;

    /// <summary>What the client has sent.</summary>
    public IReadOnlyList<PeerFrame> Frames => [.. _frames];

    /// <summary>What the client has sent on a stream.</summary>
    public IReadOnlyList<PeerFrame> On(int stream) => [.. _frames.Where(frame => frame.Stream == stream)];

    /// <summary>The body so far that came on a stream.</summary>
    public byte[] Body(int stream) => [.. On(stream).Where(frame => frame.Type == Frame.Data).SelectMany(frame => frame.Payload)];

    /// <summary>The streams whose heads have come, in their order.</summary>
    public IEnumerable<int> Opened => _frames.Where(frame => frame.Type == Frame.Headers).Select(frame => frame.Stream);

    /// <summary>The head that came on a stream, as "name=value".</summary>
    public IReadOnlyList<string> Head(int stream) => _heads[stream];

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

    /// <summary>SETTINGS with one value.</summary>
    public Task SettingAsync(ushort setting, uint value) => SendAsync(Frame.Settings, 0, 0, [(byte)(setting >> 8), (byte)setting, .. UInt32(value)]);

    /// <summary>Room for more.</summary>
    public Task WindowAsync(int stream, uint more) => SendAsync(Frame.WindowUpdate, 0, stream, UInt32(more));

    /// <summary>An answer's head, or part of one.</summary>
    public Task HeadAsync(int stream, int status, bool isAll = false) =>
        SendAsync(Frame.Headers, (byte)(Frame.EndHeaders | (isAll ? Frame.EndStream : 0)), stream, Block((":status", $"{status}")));

    /// <summary>An answer's body, or part of one.</summary>
    public Task DataAsync(int stream, byte[] body, bool isLast) => SendAsync(Frame.Data, isLast ? Frame.EndStream : (byte)0, stream, body);

    /// <summary>
    /// Completes when the client has taken everything that was sent to it, and everything that it had to say then is here: a ping's answer
    /// leaves before what is queued, so there are two.
    /// </summary>
    public async Task SyncAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            var number = Interlocked.Increment(ref _syncs);
            await SendAsync(Frame.Ping, 0, 0, [0, 0, 0, 0, .. UInt32(number)]);
            await Pools.UntilAsync(
                () => _frames.Any(frame => frame is { Type: Frame.Ping, Flags: Frame.Ack } && BinaryPrimitives.ReadUInt32BigEndian(frame.Payload.AsSpan(4)) == number),
                "a ping is not answered");
        }
    }

    /// <summary>A header block: every field in full. Names and values are short.</summary>
    public static byte[] Block(params IEnumerable<(string Name, string Value)> fields) =>
    [
        .. fields.SelectMany(field => (byte[])
        [
            0, (byte)field.Name.Length, .. Encoding.ASCII.GetBytes(field.Name), (byte)field.Value.Length, .. Encoding.ASCII.GetBytes(field.Value),
        ]),
    ];

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
        SendAsync(7, 0, 0, [.. UInt32((uint)lastStream), .. UInt32(code), .. Encoding.UTF8.GetBytes(debug)]);

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

    /// <summary>Any frame.</summary>
    public Task SendAsync(byte type, byte flags, int stream, byte[] payload) => SendAsync(
    [
        (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, .. UInt32((uint)stream), .. payload,
    ]);

    /// <summary>Anything.</summary>
    public async Task SendAsync(byte[] bytes)
    {
        await _writing.WaitAsync();
        try
        {
            await _stream.WriteAsync(bytes);
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

    private void ReadHead(PeerFrame frame)
    {
        if (frame.Type is not (Frame.Headers or Frame.Continuation))
            return;
        _block.AddRange(frame.Payload);
        if ((frame.Flags & Frame.EndHeaders) == 0)
            return;
        _heads[frame.Stream] = HeldFields.Of(_decoder, _block.ToArray());
        _block.Clear();
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
                var frame = new PeerFrame(header[3], header[4], (int)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(5)), payload);
                ReadHead(frame);
                _frames.Enqueue(frame);
                if (frame.IsLast)
                {
                    Interlocked.Increment(ref _requests);
                    _ = requested(this, frame.Stream);
                }
                else if (frame.Type == Frame.Ping && frame.Flags == 0)
                {
                    Interlocked.Increment(ref _pings);
                    if (AnswersPings)
                        await SendAsync(Frame.Ping, Frame.Ack, 0, payload);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _ended.TrySetResult();
        }
    }
}
