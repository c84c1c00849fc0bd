using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Dispatcher.Simulator;

/// <summary>One Kestrel listener on 127.0.0.1, or on all addresses, with nothing around it: no configuration, no logging, no signal handling.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    // Answers under way get this long when the simulator stops; the whole program promises to be gone within 2 s.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMilliseconds(500);

    private readonly WebApplication _app;
    private readonly TimeProvider _time;

    private LoopbackServer(WebApplication app, string? host, TimeProvider time) => (_app, Host, _time) = (app, host, time);

    /// <summary>Scheme, host and the port that was really bound.</summary>
    public Uri Address => ListenAddress.Named(new Uri(_app.Urls.Single()), Host);

    private string? Host { get; }

    public static async Task<LoopbackServer> StartAsync(
        Listener listener, Action<WebApplication> compose, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore().Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddSingleton<IHostLifetime, UnattendedLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = listener.MaxStreams;
            kestrel.Listen(ListenAddress.Of(listener.Host), listener.Port, options =>
            {
                options.Protocols = listener.Protocols;
                if (listener.Certificate is { } certificate)
                {
                    options.UseHttps(certificate, https =>
                    {
                        if (!listener.TakesCertificates)
                            return;
                        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                        https.AllowAnyClientCertificate(); // the endpoint judges it: an answer says more than a broken handshake
                    });
                }
            });
        });

        var app = builder.Build();
        compose(app);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new LoopbackServer(app, listener.Host, time);
    }

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(StopTimeout, _time);
        await _app.StopAsync(deadline.Token);
        await _app.DisposeAsync();
    }

    /// <param name="Port">0 lets the kernel choose.</param>
    /// <param name="Protocols">What ALPN offers.</param>
    /// <param name="Certificate">Absent: plain HTTP.</param>
    /// <param name="MaxStreams">SETTINGS_MAX_CONCURRENT_STREAMS.</param>
    /// <param name="TakesCertificates">Whether clients may show certificates.</param>
    /// <param name="Host">The name for others; absent: nobody but this machine.</param>
    internal sealed record Listener(
        int Port, HttpProtocols Protocols, X509Certificate2? Certificate = null, int MaxStreams = 100, bool TakesCertificates = false, string? Host = null);

    /// <summary>Keeps the host's console lifetime from catching the signals of the process that the server runs in.</summary>
    private sealed class UnattendedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
