using System.Net.Sockets;
using System.Text;

namespace Dispatcher.Api.Tests;

/// <summary>A connection for requests that no well-behaved client sends.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly StringBuilder _received = new();

    private RawConnection()
    {
    }

    public static async Task<RawConnection> OpenAsync(Uri address)
    {
        var connection = new RawConnection();
        await connection._client.ConnectAsync(address.Host, address.Port);
        return connection;
    }

    /// <summary>Sends the head of a <c>POST</c> with a good key.</summary>
    public Task SendHeadAsync(string headers, string path = "/push", string contentType = "application/json") => SendAsync(
        $"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ApiProcess.Key}\r\nContent-Type: {contentType}\r\n{headers}\r\n\r\n");

    public async Task SendAsync(string text) => await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask().WaitAsync(ApiProcess.Patience);

    /// <summary>Reads until a text has come, and returns everything since the last one.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var received = _received.ToString();
            if (received.IndexOf(text, StringComparison.Ordinal) is >= 0 and var at)
            {
                _received.Remove(0, at + text.Length);
                return received[..(at + text.Length)];
            }

            var read = await _client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(ApiProcess.Patience);
            if (read == 0)
                throw new InvalidOperationException($"The connection ended after: {received}");
            _received.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
    }

    public void Dispose() => _client.Dispose();
}
