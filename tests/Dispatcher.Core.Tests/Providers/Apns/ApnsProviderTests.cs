using System.Collections.Concurrent;
using System.Security.Cryptography;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Tests.Sending;
using Dispatcher.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Apns;

public sealed class ApnsProviderTests : IAsyncLifetime, IDisposable
{
    private readonly FakeTimeProvider _time = new(AcceptedAt);
    private readonly RecordingLoggers _loggers = new();
    private readonly RecordedMetrics _metrics = new();
    private readonly ConcurrentQueue<(string Path, IHeaderDictionary Headers, string Body)> _received = new();
    private Func<int, (int Status, string Body)> _answer = _ => (200, "");
    private readonly SemaphoreSlim _arrived = new(0);
    private volatile TaskCompletionSource? _held;
    private FakeEndpoint _apns = null!;

    public async Task InitializeAsync() => _apns = await FakeEndpoint.StartAsync(async context =>
    {
        using var reader = new StreamReader(context.Request.Body);
        if (_held is { } held)
        {
            _arrived.Release();
            await held.Task;
        }

        _received.Enqueue((context.Request.Path, new HeaderDictionary(context.Request.Headers.ToDictionary()), await reader.ReadToEndAsync()));
        var (status, body) = _answer(_received.Count);
        context.Response.StatusCode = status;
        context.Response.Headers.Date = _time.GetUtcNow().ToString("R");
        context.Response.Headers["apns-id"] = context.Request.Headers["apns-id"].ToString().ToUpperInvariant();
        await context.Response.WriteAsync(body);
    });

    public async Task DisposeAsync() => await _apns.DisposeAsync();

    public void Dispose()
    {
        _loggers.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task A_push_arrives_with_path_headers_and_body()
    {
        using var provider = Provider();

        var outcome = await SendAsync(provider, ApnsPush(Hello) with { TimeToLive = 0 });

        Assert.Equal(new SendOutcome.Accepted("019A5B00-AAAA-7BBB-8CCC-DDDDEEEEFFFF") { Status = 200 }, outcome);
        var (path, headers, body) = Assert.Single(_received);
        Assert.Equal($"/3/device/{HexToken}", path);
        Assert.Equal("""{"aps":{"alert":{"title":"Hello"}}}""", body);
        Assert.Equal(
            ["com.example.shop", "alert", "10", "0", "019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff"],
            ((string[])["apns-topic", "apns-push-type", "apns-priority", "apns-expiration", "apns-id"]).Select(name => headers[name].ToString()));
        Assert.StartsWith("bearer ", headers.Authorization.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apple_hears_nothing_of_a_trace()
    {
        using var trace = new System.Diagnostics.Activity("push") { ActivityTraceFlags = System.Diagnostics.ActivityTraceFlags.Recorded }.Start();
        using var provider = Provider();

        await SendAsync(provider, ApnsPush(Hello));

        Assert.DoesNotContain(Assert.Single(_received).Headers.Keys, name => name is "traceparent" or "tracestate" or "baggage" or "Request-Id");
    }

    [Fact]
    public async Task An_expired_provider_token_is_replaced_once_and_its_connection_retired()
    {
        _answer = count => count == 1 ? (403, """{"reason":"ExpiredProviderToken"}""") : (200, "");
        using var provider = Provider();

        var first = await SendAsync(provider, ApnsPush(Hello));
        var second = await SendAsync(provider, ApnsPush(Hello));

        Assert.Equal((OutcomeKind.NotSent, "ExpiredProviderToken"), (first.Kind, first.Reason));
        Assert.Equal(OutcomeKind.Accepted, second.Kind);
        Assert.Equal(2, TokensSeen().Distinct().Count());
        Assert.Equal([1, 1], _apns.Connections);
    }

    [Fact]
    public async Task A_new_token_that_is_expired_as_well_is_our_clock_s_fault()
    {
        _answer = _ => (403, """{"reason":"ExpiredProviderToken"}""");
        using var provider = Provider();
        await SendAsync(provider, ApnsPush(Hello));

        var second = await SendAsync(provider, ApnsPush(Hello));
        var third = await SendAsync(provider, ApnsPush(Hello));

        Assert.Equal((OutcomeKind.Misconfigured, OutcomeKind.Misconfigured), (second.Kind, third.Kind));
        Assert.Equal(2, TokensSeen().Distinct().Count());
    }

    [Fact]
    public async Task TooManyProviderTokenUpdates_never_mints_a_new_token()
    {
        _answer = _ => (429, """{"reason":"TooManyProviderTokenUpdates"}""");
        using var provider = Provider();
        for (var i = 0; i < 5; i++)
            Assert.Equal(ThrottleScope.App, Assert.IsType<SendOutcome.Throttled>(await SendAsync(provider, ApnsPush(Hello))).Scope);

        Assert.Single(TokensSeen().Distinct());
    }

    [Fact]
    public async Task A_server_that_shuts_down_loses_its_connection()
    {
        _answer = count => count == 1 ? (503, """{"reason":"Shutdown"}""") : (200, "");
        using var provider = Provider();

        Assert.Equal(OutcomeKind.Unavailable, (await SendAsync(provider, ApnsPush(Hello))).Kind);
        Assert.Equal(OutcomeKind.Accepted, (await SendAsync(provider, ApnsPush(Hello))).Kind);

        Assert.Equal([1, 1], _apns.Connections);
    }

    [Fact]
    public async Task A_topic_that_a_push_asked_for_does_not_stop_the_app()
    {
        _answer = _ => (400, """{"reason":"TopicDisallowed"}""");
        using var provider = Provider();

        Assert.Equal(OutcomeKind.Misconfigured, (await SendAsync(provider, ApnsPush(Hello))).Kind);
        Assert.Equal(OutcomeKind.Rejected, (await SendAsync(provider, ApnsPush(Hello) with { Apns = new() { PushType = "voip" } })).Kind);
    }

    [Fact]
    public async Task Apps_of_one_key_share_token_and_connections_and_another_key_has_its_own()
    {
        using var provider = Provider("shop-ios", "news-ios", "other:bank-ios");
        foreach (var app in (string[])["shop-ios", "news-ios", "bank-ios"])
            Assert.Equal(OutcomeKind.Accepted, (await SendAsync(provider, ApnsPush(Hello) with { App = app })).Kind);

        Assert.Equal([1, 2], _apns.Connections.Order());
        Assert.Equal(2, TokensSeen().Distinct().Count());
    }

    [Fact]
    public async Task An_unknown_reason_is_logged_once_and_without_tokens()
    {
        _answer = _ => (400, """{"reason":"BrandNew"}""");
        using var provider = Provider();
        for (var i = 0; i < 3; i++)
            await SendAsync(provider, ApnsPush(Hello));

        var (_, line) = Assert.Single(_loggers.Lines, line => line.Level > LogLevel.Debug);
        Assert.Contains("BrandNew", line, StringComparison.Ordinal);
        Assert.DoesNotContain(HexToken, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_is_not_configured_is_misconfigured()
    {
        using var provider = Provider();

        var outcome = await SendAsync(provider, ApnsPush(Hello) with { App = "nobody" });

        Assert.Equal((OutcomeKind.Misconfigured, "UnknownApp"), (outcome.Kind, outcome.Reason));
    }

    [Fact]
    public void A_broken_key_names_the_app_and_the_file()
    {
        var path = _apns.WriteFile("broken.p8", "not a key");
        var apps = AppCatalog.Load(new Dictionary<string, AppOptions> { ["shop-ios"] = Options("K", path) }, null);

        var e = Assert.Throws<InvalidAppException>(() => new ApnsProvider(apps, new(), _metrics.Credentials, _metrics.Connections, _time, () => 0, _loggers));

        Assert.Contains("shop-ios", e.Message, StringComparison.Ordinal);
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thousand_pushes_at_once_all_arrive_once()
    {
        using var provider = Provider();
        var ids = Enumerable.Range(0, 1000).Select(_ => Guid.CreateVersion7(_time.GetUtcNow())).ToArray();

        var outcomes = await Task.WhenAll(ids.Select(id => SendAsync(provider, ApnsPush(new() { Title = id.ToString() }) with { Id = id })));

        Assert.All(outcomes, outcome => Assert.Equal(OutcomeKind.Accepted, outcome.Kind));
        Assert.Equal(ids.Select(id => id.ToString()).Order(), _received.Select(received => received.Headers["apns-id"].ToString()).Order());
        Assert.All(_received, received => Assert.Contains(received.Headers["apns-id"].ToString(), received.Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_key_is_used_on_another_connection_and_what_is_in_flight_ends_where_it_is()
    {
        using var provider = Provider();
        await SendAsync(provider, ApnsPush(Hello));
        _held = new TaskCompletionSource();
        var inFlight = SendAsync(provider, ApnsPush(Hello));
        await _arrived.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Empty(provider.Adopt([.. Catalog("KEY0000002:shop-ios").Apps]));
        var held = _held;
        _held = null;
        Assert.Equal(OutcomeKind.Accepted, (await SendAsync(provider, ApnsPush(Hello))).Kind);
        held.SetResult();

        Assert.Equal(OutcomeKind.Accepted, (await inFlight).Kind);
        Assert.Equal([1, 2], _apns.Connections.Order());
        Assert.Equal(2, TokensSeen().Distinct().Count());
    }

    [Fact]
    public async Task A_broken_key_leaves_the_old_one_in_force_and_is_named()
    {
        using var provider = Provider();
        var catalog = Catalog("shop-ios");
        var path = Assert.IsType<ApnsKeyFile>(Assert.IsType<ApnsApp>(catalog.Apps.Single()).Identity).Path;
        File.WriteAllText(path, "not a key");

        var problem = Assert.Single(provider.Adopt([.. Catalog("shop-ios").Apps]));

        Assert.Contains(path, problem, StringComparison.Ordinal);
        Assert.Equal(OutcomeKind.Accepted, (await SendAsync(provider, ApnsPush(Hello))).Kind);
    }

    [Fact]
    public async Task An_app_that_is_gone_is_not_sent_to()
    {
        using var provider = Provider("shop-ios", "news");
        provider.Adopt([.. Catalog("news").Apps]);

        Assert.Equal("UnknownApp", (await SendAsync(provider, ApnsPush(Hello))).Reason);
        Assert.Equal(OutcomeKind.Accepted, (await SendAsync(provider, ApnsPush(Hello) with { App = "news" })).Kind);
    }

    private static Task<SendOutcome> SendAsync(ApnsProvider provider, PushNotification push) =>
        provider.SendAsync(push, default).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    private static AppOptions Options(string keyId, string path) => new()
    {
        Provider = "apns",
        BundleId = "com.example.shop",
        TeamId = "TEAM000001",
        KeyId = keyId,
        KeyPath = path,
    };

    private IEnumerable<string> TokensSeen() => _received.Select(received => received.Headers.Authorization.ToString());

    /// <summary>A provider for apps by name; <c>key:name</c> for an app with a key of its own.</summary>
    private ApnsProvider Provider(params string[] names)
    {
        var apps = Catalog(names);
        var options = new ApnsOptions { Endpoint = _apns.Uri, TrustedCaPath = _apns.CaPath };
        Assert.Empty(options.Validate());
        return new ApnsProvider(apps, options, _metrics.Credentials, _metrics.Connections, _time, () => 0, _loggers);
    }

    private AppCatalog Catalog(params string[] names)
    {
        var apps = new Dictionary<string, AppOptions>();
        foreach (var name in names.DefaultIfEmpty("shop-ios"))
        {
            var keyId = name.Contains(':', StringComparison.Ordinal) ? name.Split(':')[0] : "KEY0000001";
            var path = Path.Combine(Path.GetDirectoryName(_apns.CaPath)!, $"{keyId}.p8");
            if (!File.Exists(path))
            {
                using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
                File.WriteAllText(path, key.ExportPkcs8PrivateKeyPem());
            }

            apps.Add(name.Split(':')[^1], Options(keyId, path));
        }

        return AppCatalog.Load(apps, null);
    }
}
