using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Tests.Sending;
using Dispatcher.Testing;
using Microsoft.AspNetCore.Http;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Apns;

/// <summary>A request that reached the endpoint.</summary>
internal sealed record ApnsSeen(
    string Method, string Path, string? Authorization, string? Certificate, string Connection, IHeaderDictionary Headers, string Body);

/// <summary>An endpoint whose answers a test decides, and providers that send to it.</summary>
internal sealed class ApnsStage : IAsyncDisposable
{
    private FakeEndpoint _endpoint = null!;

    public FakeTimeProvider Time { get; } = new(AcceptedAt);

    public RecordingLoggers Loggers { get; } = new();

    public RecordedMetrics Metrics { get; } = new();

    public ConcurrentQueue<ApnsSeen> Seen { get; } = new();

    /// <summary>The answer to a request; headers may be added to the context's response.</summary>
    public Func<ApnsSeen, HttpContext, (int Status, string Body)> Answer { get; set; } = (_, _) => (200, "");

    /// <summary>How far the endpoint's clock is ahead.</summary>
    public TimeSpan Ahead { get; set; }

    public string Folder => _endpoint.Folder;

    public IEnumerable<string?> TokensSeen => Seen.Select(seen => seen.Authorization).Distinct();

    public static async Task<ApnsStage> StartAsync()
    {
        var stage = new ApnsStage();
        stage._endpoint = await FakeEndpoint.StartAsync(stage.AnswerAsync);
        return stage;
    }

    public static Task<SendOutcome> SendAsync(ApnsProvider provider, PushNotification push) =>
        provider.SendAsync(push, default).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public ApnsOptions Options() => new() { Endpoint = _endpoint.Uri, ChannelsEndpoint = _endpoint.Uri, TrustedCaPath = _endpoint.CaPath };

    public ApnsProvider Provider(params (string Name, AppOptions Options)[] apps) => Provider(Options(), apps);

    public ApnsProvider Provider(ApnsOptions options, params (string Name, AppOptions Options)[] apps)
    {
        Assert.Empty(options.Validate());
        return new ApnsProvider(Catalog(apps), options, Metrics.Credentials, Metrics.Connections, Time, () => 0, Loggers);
    }

    public static AppCatalog Catalog(params (string Name, AppOptions Options)[] apps) =>
        AppCatalog.Load(apps.ToDictionary(app => app.Name, app => app.Options), null);

    /// <summary>An app with a key; apps with the same key id share it.</summary>
    public AppOptions WithKey(string keyId = "KEY0000001", bool sandbox = false)
    {
        var path = Path.Combine(Folder, $"{keyId}.p8");
        if (!File.Exists(path))
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            File.WriteAllText(path, key.ExportPkcs8PrivateKeyPem());
        }

        return new()
        {
            Provider = "apns",
            BundleId = "com.example.shop",
            TeamId = "TEAM000001",
            KeyId = keyId,
            KeyPath = path,
            Environment = sandbox ? "sandbox" : "production",
        };
    }

    /// <summary>An app with a certificate.</summary>
    public AppOptions WithCertificate(X509Certificate2 certificate, string bundleId = "com.example.shop") => new()
    {
        Provider = "apns",
        BundleId = bundleId,
        CertificatePath = certificate.WritePkcs12(Folder),
        CertificatePassword = AppleCertificates.Password,
    };

    public async ValueTask DisposeAsync()
    {
        await _endpoint.DisposeAsync();
        Loggers.Dispose();
        Metrics.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var headers = new HeaderDictionary(context.Request.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase));
        var seen = new ApnsSeen(
            context.Request.Method,
            context.Request.Path,
            headers.TryGetValue("authorization", out var authorization) ? authorization.ToString() : null,
            context.Connection.ClientCertificate?.Thumbprint,
            context.Connection.Id,
            headers,
            await reader.ReadToEndAsync());
        Seen.Enqueue(seen);
        var (status, body) = Answer(seen, context);
        context.Response.StatusCode = status;
        context.Response.Headers.Date = (Time.GetUtcNow() + Ahead).ToString("R");
        if (body.Length > 0)
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
    }
}
