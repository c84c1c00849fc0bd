using Dispatcher.Core.Providers.Connections;
using Google.Apis.Http;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>The HTTP clients that Google's library asks for access tokens with.</summary>
internal sealed class GoogleClients(TrustedRoots roots, HttpProxy? proxy) : HttpClientFactory, IHttpClientFactory
{
    /// <summary>A handler for what is asked about once an hour: a new DNS query each time.</summary>
    public static SocketsHttpHandler NewHandler(TrustedRoots roots, HttpProxy? proxy) => new()
    {
        Proxy = proxy?.ToWebProxy(),
        UseProxy = proxy is not null, // what the environment names is not used
        SslOptions = roots.ToSslOptions(),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
    };

    // One try: when to try again is decided by FcmTokenSource.
    ConfigurableHttpClient IHttpClientFactory.CreateHttpClient(CreateHttpClientArgs args)
    {
        var client = CreateHttpClient(args);
        client.MessageHandler.NumTries = 1;
        return client;
    }

    protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => NewHandler(roots, proxy);
}
