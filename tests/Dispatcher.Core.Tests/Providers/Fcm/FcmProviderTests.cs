using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Telemetry;
using Dispatcher.Core.Tests.Providers.Connections;
using Dispatcher.Core.Tests.Sending;
using Dispatcher.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Fcm;

public sealed class FcmProviderTests : IAsyncLifetime, IDisposable
{
    private const string Unauthenticated = """{"error":{"code":401,"message":"…","status":"UNAUTHENTICATED"}}""";

    private readonly FakeTimeProvider _time = new(AcceptedAt);
    private readonly RecordingLoggers _loggers = new();
    private readonly ConcurrentQueue<(string Path, string Authorization, string Body)> _received = new();
    private readonly ConcurrentQueue<IFormCollection> _grants = new();
    private readonly ConcurrentQueue<string> _headers = new();
    private Func<int, (int Status, string Body)> _answer = _ => (200, """{"name":"projects/demo-shop/messages/0:1%2"}""");
    private Func<int, (int Status, string Body)> _grant =
        count => (200, $$"""{"access_token":"ya29.{{count}}","expires_in":3600,"token_type":"Bearer"}""");

    private FakeEndpoint _fcm = null!;

    public async Task InitializeAsync() => _fcm = await FakeEndpoint.StartAsync(
        async context =>
        {
            foreach (var name in context.Request.Headers.Keys)
                _headers.Enqueue(name);
            if (context.Request.Path == "/token")
            {
                _grants.Enqueue(await context.Request.ReadFormAsync());
                await AnswerAsync(context, _grant(_grants.Count));
                return;
            }

            using var reader = new StreamReader(context.Request.Body);
            _received.Enqueue((context.Request.Path, context.Request.Headers.Authorization.ToString(), await reader.ReadToEndAsync()));
            await AnswerAsync(context, _answer(_received.Count));
        },
        protocols: HttpProtocols.Http1AndHttp2);

    public async Task DisposeAsync() => await _fcm.DisposeAsync();

    public void Dispose() => _loggers.Dispose();

    [Fact]
    public async Task The_age_of_an_access_token_can_be_watched_as_long_as_its_app_is_there()
    {
        using var metrics = new RecordedMetrics();
        using var provider = Provider(metrics: metrics.Credentials);
        Assert.Empty(metrics.Observe("dispatcher.credential.token_age"));
        await SendAsync(provider, FcmPush(Hello));
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(["600 shop-android"], metrics.Observe("dispatcher.credential.token_age"));

        provider.Adopt([]);

        Assert.Empty(metrics.Observe("dispatcher.credential.token_age"));
    }

    [Fact]
    public async Task A_push_arrives_with_path_token_and_body()
    {
        using var provider = Provider();

        var outcome = await SendAsync(provider, FcmPush(Hello));

        Assert.Equal(new SendOutcome.Accepted("projects/demo-shop/messages/0:1%2") { Status = 200 }, outcome);
        var (path, authorization, body) = Assert.Single(_received);
        Assert.Equal(("/v1/projects/demo-shop/messages:send", "Bearer ya29.1"), (path, authorization));
        Assert.Equal("""{"message":{"token":"fGh:APA91b","notification":{"title":"Hello"}}}""", body);
    }

    [Fact]
    public async Task Google_hears_nothing_of_a_trace_neither_with_a_push_nor_with_a_request_for_a_token()
    {
        using var trace = new System.Diagnostics.Activity("push") { ActivityTraceFlags = System.Diagnostics.ActivityTraceFlags.Recorded }.Start();
        using var provider = Provider();

        await SendAsync(provider, FcmPush(Hello));

        Assert.Single(_grants);
        Assert.Single(_received);
        Assert.DoesNotContain(_headers, name => name is "traceparent" or "tracestate" or "baggage" or "Request-Id");
    }

    [Fact]
    public async Task The_access_token_is_for_sending_only_and_fetched_once()
    {
        using var provider = Provider();
        for (var i = 0; i < 3; i++)
            await SendAsync(provider, FcmPush(Hello));

        var assertion = Assert.Single(_grants)["assertion"].ToString().Split('.')[1];
        var claims = JsonElement.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(assertion));
        Assert.Equal("https://www.googleapis.com/auth/firebase.messaging", claims.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task A_401_renews_the_token_once()
    {
        _answer = count => count == 1 ? (401, Unauthenticated) : (200, "{}");
        using var provider = Provider();

        var first = await SendAsync(provider, FcmPush(Hello));
        var second = await SendAsync(provider, FcmPush(Hello));

        Assert.Equal((OutcomeKind.NotSent, "UNAUTHENTICATED"), (first.Kind, first.Reason));
        Assert.Equal(OutcomeKind.Accepted, second.Kind);
        Assert.Equal(["Bearer ya29.1", "Bearer ya29.2"], _received.Select(received => received.Authorization));
    }

    [Fact]
    public async Task A_401_for_a_renewed_token_is_misconfigured_and_renews_no_more()
    {
        _answer = _ => (401, Unauthenticated);
        using var provider = Provider();
        for (var i = 0; i < 4; i++)
            await SendAsync(provider, FcmPush(Hello));

        Assert.Equal(OutcomeKind.Misconfigured, (await SendAsync(provider, FcmPush(Hello))).Kind);
        Assert.Equal(2, _grants.Count);
    }

    [Fact]
    public async Task A_401_that_is_apples_key_does_not_renew_our_token()
    {
        _answer = _ => (401, """
            {"error":{"code":401,"status":"UNAUTHENTICATED","details":[
              {"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"THIRD_PARTY_AUTH_ERROR"}]}}
            """);
        using var provider = Provider();
        for (var i = 0; i < 3; i++)
            Assert.Equal(OutcomeKind.Misconfigured, (await SendAsync(provider, FcmPush(Hello))).Kind);

        Assert.Single(_grants);
    }

    [Fact]
    public async Task A_refused_service_account_is_misconfigured()
    {
        _grant = _ => (400, """{"error":"invalid_grant","error_description":"Invalid JWT Signature."}""");
        using var provider = Provider();

        var outcome = await SendAsync(provider, FcmPush(Hello));

        Assert.Equal((OutcomeKind.Misconfigured, "invalid_grant"), (outcome.Kind, outcome.Reason));
        Assert.Empty(_received);
    }

    [Fact]
    public async Task A_token_endpoint_in_trouble_means_not_sent()
    {
        _grant = _ => (503, "<html>");
        using var provider = Provider();

        var outcome = await SendAsync(provider, FcmPush(Hello));

        Assert.Equal((OutcomeKind.NotSent, "TokenEndpointUnavailable"), (outcome.Kind, outcome.Reason));
        Assert.Single(_grants);
    }

    [Fact]
    public async Task The_time_to_live_is_counted_at_sending()
    {
        using var provider = Provider();
        _time.Advance(TimeSpan.FromSeconds(100));

        await SendAsync(provider, FcmPush() with { TimeToLive = 3600 });

        Assert.Contains("\"ttl\":\"3500s\"", Assert.Single(_received).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_credentials_name_the_app_and_the_file()
    {
        var path = _fcm.WriteFile("broken.json", "{");

        var e = Assert.Throws<InvalidAppException>(() => Provider(path));

        Assert.Contains("shop-android", e.Message, StringComparison.Ordinal);
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_with_a_broken_key_name_the_app_and_the_file()
    {
        var path = _fcm.WriteFile("key.json", ServiceAccount("not a key"));

        Assert.Contains(path, Assert.Throws<InvalidAppException>(() => Provider(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_without_a_project_need_one_from_the_app()
    {
        var path = _fcm.WriteFile("user.json", """{"type":"authorized_user","client_id":"a","client_secret":"b","refresh_token":"c"}""");

        Assert.Contains("ProjectId", Assert.Throws<InvalidAppException>(() => Provider(path)).Message, StringComparison.Ordinal);
        using var provider = Provider(path, "demo-shop");
    }

    private static async Task AnswerAsync(HttpContext context, (int Status, string Body) answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.Body);
    }

    private static Task<SendOutcome> SendAsync(FcmProvider provider, PushNotification push) =>
        provider.SendAsync(push, default).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    private string ServiceAccount(string privateKey) => JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["type"] = "service_account",
        ["project_id"] = "demo-shop",
        ["private_key_id"] = "1",
        ["private_key"] = privateKey,
        ["client_email"] = "push@demo-shop.example",
        ["client_id"] = "1",
        ["token_uri"] = new Uri(_fcm.Uri, "/token").AbsoluteUri,
    });

    private FcmProvider Provider(string? credentialsPath = null, string? projectId = null, CredentialMetrics? metrics = null)
    {
        if (credentialsPath is null)
        {
            using var key = RSA.Create(2048);
            credentialsPath = _fcm.WriteFile("service-account.json", ServiceAccount(key.ExportPkcs8PrivateKeyPem()));
        }

        var app = new AppOptions { Provider = "fcm", CredentialsPath = credentialsPath, ProjectId = projectId };
        var options = new FcmOptions { Endpoint = _fcm.Uri, TrustedCaPath = _fcm.CaPath };
        Assert.Empty(options.Validate());
        return new FcmProvider(
            AppCatalog.Load(new Dictionary<string, AppOptions> { ["shop-android"] = app }, null), options, NoGoogle, metrics ?? new CredentialMetrics(new UnobservedMeters()), new RecordedConnections().Metrics, _time, () => 0, _loggers);
    }
}
