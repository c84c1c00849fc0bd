using System.Net;

namespace Dispatcher.Cli.Http;

/// <summary>The command line's connections to the API, the workers and the simulator.</summary>
internal static class Connections
{
    /// <summary>Plain connections: no redirects, cookies or proxy, so that only addresses that were given are talked to.</summary>
    /// <param name="concurrency">How many at once to one address.</param>
    public static HttpMessageInvoker Open(int concurrency = 8) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        MaxConnectionsPerServer = concurrency,
        ConnectTimeout = TimeSpan.FromSeconds(5),
    });
}
