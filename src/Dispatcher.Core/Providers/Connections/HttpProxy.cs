using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>A proxy that connections go through: <c>http://user:password@host:port</c>. It sees host names and ciphertext.</summary>
internal sealed class HttpProxy
{
    // A proxy's answer to CONNECT has a handful of headers.
    private const int MaxAnswerBytes = 16 * 1024;

    private readonly string? _credentials;

    private HttpProxy(Uri uri)
    {
        (Host, Port) = (uri.IdnHost, uri.Port);
        if (uri.UserInfo.Length > 0)
            _credentials = Uri.UnescapeDataString(uri.UserInfo);
    }

    public string Host { get; }

    public int Port { get; }

    /// <summary>Reads a URL that <see cref="Problem"/> has nothing against.</summary>
    public static HttpProxy? Of(string? url) => url is null ? null : new HttpProxy(new Uri(url));

    /// <summary>Says what is wrong with a URL, without what may be a password in it, or <see langword="null"/>.</summary>
    public static string? Problem(string? url) =>
        url is null || (Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri is { Scheme: "http", AbsolutePath: "/", Query: "" })
            ? null
            : "must be http://host:port or http://user:password@host:port";

    /// <summary>Has the proxy connect to an endpoint; afterwards the socket leads there.</summary>
    /// <exception cref="DialException">The proxy refused.</exception>
    public async Task TunnelAsync(Socket socket, Uri endpoint, CancellationToken cancellationToken)
    {
        var authority = $"{endpoint.Host}:{endpoint.Port}";
        var authorization = _credentials is null
            ? ""
            : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(_credentials))}\r\n";
        var request = Encoding.ASCII.GetBytes($"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{authorization}\r\n");
        for (var sent = 0; sent < request.Length;)
            sent += await socket.SendAsync(request.AsMemory(sent), cancellationToken);

        var status = Status(await ReadAnswerAsync(socket, cancellationToken));
        if (status is not (>= 200 and < 300))
            throw new DialException("ProxyTunnelError", new IOException($"The proxy {this} answered {status?.ToString() ?? "something else than HTTP"}."));
    }

    /// <summary>The same for an ordinary HTTP client.</summary>
    public WebProxy ToWebProxy()
    {
        var (user, password) = _credentials?.Split(':', 2) switch
        {
            [var one, var two] => (one, two),
            [var one] => (one, ""),
            _ => ("", ""),
        };
        return new WebProxy(Host, Port) { Credentials = _credentials is null ? null : new NetworkCredential(user, password) };
    }

    /// <summary>Without credentials.</summary>
    public override string ToString() => $"{Host}:{Port}";

    /// <summary>Up to the empty line and not a byte further: what follows belongs to TLS.</summary>
    private static async Task<string> ReadAnswerAsync(Socket socket, CancellationToken cancellationToken)
    {
        var answer = new byte[MaxAnswerBytes];
        for (var length = 0; length < answer.Length;)
        {
            if (await socket.ReceiveAsync(answer.AsMemory(length, 1), cancellationToken) == 0)
                break;
            if (answer.AsSpan(0, ++length).EndsWith("\r\n\r\n"u8))
                return Encoding.ASCII.GetString(answer, 0, length);
        }

        throw new DialException("ProxyTunnelError", new IOException("The proxy hung up, or went on and on."));
    }

    private static int? Status(string answer) =>
        answer.StartsWith("HTTP/1.", StringComparison.Ordinal) && answer.Length > 12 && int.TryParse(answer.AsSpan(9, 3), out var status)
            ? status
            : null;
}
