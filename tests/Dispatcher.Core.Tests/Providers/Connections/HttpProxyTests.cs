using System.Net;
using System.Net.Sockets;
using System.Text;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Tests.Providers.Connections;

public sealed class HttpProxyTests
{
    [Fact]
    public async Task Pushes_go_through_the_proxy_and_TLS_is_between_us_and_the_provider()
    {
        await using var endpoint = await FakeEndpoint.StartAsync(_ => Task.CompletedTask);
        using var proxy = new ScriptedProxy("HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n", endpoint.Uri);
        using var pool = Pools.Open(Pools.Settings(endpoint.Uri, endpoint.CaPath) with { Proxy = HttpProxy.Of($"http://us%40er:se%3Acret@127.0.0.1:{proxy.Port}") });

        var reply = await Pools.SendAsync(pool, endpoint.Uri);

        Assert.Equal(200, reply.Answer.Status);
        var asked = await proxy.Asked;
        Assert.StartsWith($"CONNECT 127.0.0.1:{endpoint.Uri.Port} HTTP/1.1\r\nHost: 127.0.0.1:{endpoint.Uri.Port}\r\n", asked, StringComparison.Ordinal);
        Assert.Contains($"Proxy-Authorization: Basic {Convert.ToBase64String("us@er:se:cret"u8)}\r\n", asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n")]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("")]
    public async Task A_proxy_that_refuses_is_no_connection_and_its_password_is_not_logged(string answer)
    {
        using var logger = new RecordingLoggers();
        var endpoint = new Uri("https://push.example");
        using var proxy = new ScriptedProxy(answer, leadsTo: null);
        using var pool = Pools.Open(
            Pools.Settings(endpoint) with { Proxy = HttpProxy.Of($"http://user:secret@127.0.0.1:{proxy.Port}") }, logger: logger);

        var failure = (await Pools.SendAsync(pool, endpoint)).Failure!;

        Assert.Equal((OutcomeKind.NotSent, "ProxyTunnelError"), (failure.Kind, failure.Reason));
        await Pools.UntilAsync(() => !logger.Lines.IsEmpty, "nothing is logged");
        Assert.All(logger.Lines, line => Assert.DoesNotContain("secret", line.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://proxy.example:3128", true)]
    [InlineData("http://user:password@proxy.example:3128/", true)]
    [InlineData("https://proxy.example:3128", false)]
    [InlineData("http://proxy.example/path", false)]
    [InlineData("proxy.example:3128", false)]
    [InlineData("", false)]
    public void Only_an_HTTP_proxy_is_one(string url, bool isValid) => Assert.Equal(isValid, HttpProxy.Problem(url) is null);

    [Fact]
    public void Its_text_has_no_credentials() =>
        Assert.Equal("proxy.example:3128", HttpProxy.Of("http://user:secret@proxy.example:3128")!.ToString());

    /// <summary>Answers the first client that connects as it is told, then passes bytes on.</summary>
    private sealed class ScriptedProxy : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly TaskCompletionSource<string> _asked = new();

        public ScriptedProxy(string answer, Uri? leadsTo)
        {
            _listener.Start();
            _ = ServeAsync(answer, leadsTo);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public Task<string> Asked => _asked.Task.WaitAsync(Pools.Patience);

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync(string answer, Uri? leadsTo)
        {
            using var client = await _listener.AcceptTcpClientAsync();
            var stream = client.GetStream();
            var request = new StringBuilder();
            var buffer = new byte[1];
            while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer) > 0)
                request.Append((char)buffer[0]);
            _asked.SetResult(request.ToString());
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
            if (leadsTo is null)
                return;
            using var target = new TcpClient();
            await target.ConnectAsync(leadsTo.Host, leadsTo.Port);
            await Task.WhenAny(stream.CopyToAsync(target.GetStream()), target.GetStream().CopyToAsync(stream));
        }
    }
}
