using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Dispatcher.Simulator.Tests.Wire;

/// <summary>Just enough HTTP/2 to say what no proper client says, and to see every frame that comes back. Headers are literals.</summary>
internal sealed class RawHttp2Connection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient _socket = new();
    private Stream _stream = Stream.Null;

    public static async Task<RawHttp2Connection> OpenAsync(SimulatorFixture fixture, Uri? address = null, bool withTls = true, bool greets = true)
    {
        var connection = new RawHttp2Connection();
        await connection._socket.ConnectAsync("127.0.0.1", (address ?? fixture.Providers.ApnsAddress).Port);
        connection._stream = connection._socket.GetStream();
        if (withTls)
            connection._stream = await SecureAsync(connection._stream, fixture.Providers.Authority.Certificate);
        if (!greets)
            return connection;

        await connection.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await connection.WriteFrameAsync(RawFrame.Settings, 0, 0, []);
        return connection;
    }

    /// <summary>A literal header block.</summary>
    public static byte[] Block(string path, params (string Name, string Value)[] headers)
    {
        var block = new List<byte>();
        foreach (var (name, value) in headers.Prepend((":authority", "localhost")).Prepend((":scheme", "https")).Prepend((":path", path)).Prepend((":method", "POST")))
        {
            block.Add(0); // literal, never indexed, new name
            AddText(block, name);
            AddText(block, value);
        }

        return [.. block];
    }

    /// <summary>A push that APNs takes.</summary>
    public async Task PushAsync(SimulatorFixture fixture, int stream, string token = ApnsPush.GoodToken, bool withBody = true)
    {
        var block = Block(
            $"/3/device/{token}", ("authorization", $"bearer {Tokens.Provider(fixture)}"), ("apns-topic", "com.example.shop"), ("apns-push-type", "alert"));
        await WriteFrameAsync(RawFrame.Headers, 4, stream, block);
        if (withBody)
            await WriteFrameAsync(RawFrame.Data, 1, stream, """{"aps":{"alert":"Lunch?"}}"""u8.ToArray());
    }

    /// <summary>A request without a body, and the answer's first DATA frame.</summary>
    public async Task<string> PostAsync(string path, params (string Name, string Value)[] headers)
    {
        await WriteFrameAsync(RawFrame.Headers, 5, 1, Block(path, headers));
        return (await ReadAsync(RawFrame.Data)).Text;
    }

    public async Task WriteFrameAsync(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        await WriteAsync(frame);
    }

    public async Task WriteAsync(byte[] bytes) => await _stream.WriteAsync(bytes);

    /// <summary>The next frame of that type; others are passed over.</summary>
    public async Task<RawFrame> ReadAsync(byte type)
    {
        while (true)
        {
            var frame = await ReadAsync() ?? throw new EndOfStreamException($"The connection ended before a frame of type {type}.");
            if (frame.Type == type)
                return frame;
        }
    }

    /// <summary>Everything until the connection ends.</summary>
    public async Task<IReadOnlyList<RawFrame>> ReadToEndAsync()
    {
        var frames = new List<RawFrame>();
        while (await ReadAsync() is { } frame)
            frames.Add(frame);
        return frames;
    }

    /// <summary>The next frame; <see langword="null"/> when the server has closed the connection properly.</summary>
    public async Task<RawFrame?> ReadAsync()
    {
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        var header = new byte[9];
        if (await _stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, deadline.Token) < header.Length)
            return null;
        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >>> 8];
        await _stream.ReadExactlyAsync(payload, deadline.Token);
        return new RawFrame(header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)), payload);
    }

    /// <summary>Reads until the SETTINGS that every server begins with.</summary>
    public Task<RawFrame> GreetingAsync() => ReadAsync(RawFrame.Settings);

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private static async Task<SslStream> SecureAsync(Stream stream, X509Certificate2 trusted)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            CertificateChainPolicy = new()
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { trusted },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        });
        return tls;
    }

    private static void AddText(List<byte> block, string text)
    {
        var length = text.Length;
        if (length >= 127)
        {
            block.Add(127);
            for (length -= 127; length >= 128; length >>= 7)
                block.Add((byte)(length | 128));
        }

        block.Add((byte)length);
        block.AddRange(Encoding.ASCII.GetBytes(text));
    }
}
