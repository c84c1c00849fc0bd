using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Dispatcher.Simulator.Tests.Wire;

/// <summary>Just enough HTTP/2 to send what no proper client sends: one request, headers as literals, the answer's first DATA frame.</summary>
internal sealed class RawHttp2Connection : IAsyncDisposable
{
    private const byte DataFrame = 0;
    private const byte HeadersFrame = 1;
    private const byte SettingsFrame = 4;
    private const byte EndOfStreamAndHeaders = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient _socket = new();
    private SslStream? _tls;

    public static async Task<RawHttp2Connection> OpenAsync(SimulatorFixture fixture)
    {
        var connection = new RawHttp2Connection();
        await connection._socket.ConnectAsync("127.0.0.1", fixture.Providers.ApnsAddress.Port);
        connection._tls = new SslStream(connection._socket.GetStream());
        await connection._tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            CertificateChainPolicy = new()
            {
                TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { fixture.Providers.Authority.Certificate },
                RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
            },
        });
        await connection._tls.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await connection.WriteFrameAsync(SettingsFrame, 0, 0, []);
        return connection;
    }

    public async Task<string> PostAsync(string path, params (string Name, string Value)[] headers)
    {
        var block = new List<byte>();
        foreach (var (name, value) in headers.Prepend((":authority", "localhost")).Prepend((":scheme", "https")).Prepend((":path", path)).Prepend((":method", "POST")))
        {
            block.Add(0); // literal, never indexed, new name
            AddText(block, name);
            AddText(block, value);
        }

        await WriteFrameAsync(HeadersFrame, EndOfStreamAndHeaders, 1, [.. block]);
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        while (true)
        {
            var (type, payload) = await ReadFrameAsync(deadline.Token);
            if (type == DataFrame)
                return Encoding.UTF8.GetString(payload);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_tls is not null)
            await _tls.DisposeAsync();
        _socket.Dispose();
    }

    private static void AddText(List<byte> block, string text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, 126);
        block.Add((byte)text.Length);
        block.AddRange(Encoding.ASCII.GetBytes(text));
    }

    private async Task WriteFrameAsync(byte type, byte flags, int stream, byte[] payload)
    {
        var header = new byte[9];
        BinaryPrimitives.WriteInt32BigEndian(header, payload.Length << 8);
        header[3] = type;
        header[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(5), stream);
        await _tls!.WriteAsync(header);
        await _tls.WriteAsync(payload);
    }

    private async Task<(byte Type, byte[] Payload)> ReadFrameAsync(CancellationToken cancellationToken)
    {
        var header = new byte[9];
        await _tls!.ReadExactlyAsync(header, cancellationToken);
        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >>> 8];
        await _tls.ReadExactlyAsync(payload, cancellationToken);
        return (header[3], payload);
    }
}
