using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dispatcher.Bench.Accepting;

/// <summary>
/// Asks a server for the same over and over on some connections, each with the next request once the answer is whole. On bare sockets, so that
/// the generator takes as little as can be of the machine that it shares with the server.
/// </summary>
/// <param name="address">The server.</param>
/// <param name="requests">What is sent, in turns.</param>
/// <param name="connections">On how many connections.</param>
internal sealed class HttpLoad(Uri address, IReadOnlyList<byte[]> requests, int connections)
{
    private long _answers;
    private volatile bool _isOver;

    /// <summary>Whole answers so far.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>Runs until told to end.</summary>
    /// <exception cref="InvalidOperationException">The server refused.</exception>
    public Task RunAsync() => Task.WhenAll(Enumerable.Range(0, connections).Select(first => Task.Run(() => AskAsync(first))));

    /// <summary>Ends after the answers that are under way.</summary>
    public void End() => _isOver = true;

    /// <summary>A request without a body.</summary>
    public static byte[] Get(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n");

    /// <summary>A request with one, as somebody who may push.</summary>
    public static byte[] Post(string path, string type, string body)
    {
        var utf8 = Encoding.UTF8.GetBytes(body);
        return
        [
            .. Encoding.ASCII.GetBytes(
                $"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {ApiSettings.Key}\r\nContent-Type: {type}\r\nContent-Length: {utf8.Length}\r\n\r\n"),
            .. utf8,
        ];
    }

    private async Task AskAsync(int next)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        var answer = new AnswerReader(socket);
        while (!_isOver)
        {
            await socket.SendAsync(requests[next++ % requests.Count], SocketFlags.None);
            await answer.ReadAsync();
            Interlocked.Increment(ref _answers);
        }
    }
}
