using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Sending;
using Dispatcher.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Fcm;

public sealed class FcmTopicsTests : IAsyncLifetime, IDisposable
{
    private static readonly string[] Three = ["a", "b", "c"];

    private readonly FakeTimeProvider _time = new(AcceptedAt);
    private readonly RecordingLoggers _loggers = new();
    private readonly ConcurrentQueue<(string Path, string Authorization, string AccessTokenAuth, string Body)> _received = new();
    private Func<int, (int Status, string Body)> _answer = _ => (200, """{"results":[{},{"error":"NOT_FOUND"},{}]}""");
    private int _grants;
    private FakeEndpoint _google = null!;
    private FcmTopics _topics = null!;

    public async Task InitializeAsync()
    {
        _google = await FakeEndpoint.StartAsync(AnswerAsync, protocols: HttpProtocols.Http1AndHttp2);
        _topics = new FcmTopics(
            new FcmOptions { TopicEndpoint = _google.Uri, TrustedCaPath = _google.CaPath }, NoGoogle, _time, _loggers);
    }

    public async Task DisposeAsync() => await _google.DisposeAsync();

    public void Dispose()
    {
        _topics.Dispose();
        _loggers.Dispose();
    }

    [Fact]
    public async Task Each_token_has_its_result()
    {
        var answer = await SubscribeAsync(Three);

        Assert.Equal([null, "NOT_FOUND", null], answer.Errors);
        Assert.Null(answer.Refusal);
        Assert.Equal(
            ("/iid/v1:batchAdd", "Bearer ya29.1", "true", """{"to":"/topics/news","registration_tokens":["a","b","c"]}"""), Assert.Single(_received));
    }

    [Fact]
    public async Task Subscriptions_end_by_another_path()
    {
        var answer = await _topics.UnsubscribeAsync(App(), "news", Three, default);

        Assert.Equal(3, answer.Errors!.Count);
        Assert.Equal("/iid/v1:batchRemove", Assert.Single(_received).Path);
    }

    [Fact]
    public async Task A_thousand_errors_are_read()
    {
        var tokens = Enumerable.Range(0, FcmTopics.MaxTokens).Select(i => $"{i}").ToArray();
        _answer = _ => (200, JsonSerializer.Serialize(new { results = tokens.Select(_ => new { error = "INVALID_ARGUMENT" }) }));

        Assert.All((await SubscribeAsync(tokens)).Errors!, error => Assert.Equal("INVALID_ARGUMENT", error));
    }

    [Fact]
    public async Task A_401_renews_the_access_token_once()
    {
        _answer = count => count == 1 ? (401, "<HTML>") : (200, """{"results":[{}]}""");

        Assert.Equal([null], (await SubscribeAsync(["a"])).Errors);
        Assert.Equal(["Bearer ya29.1", "Bearer ya29.2"], _received.Select(received => received.Authorization));
    }

    [Fact]
    public async Task A_401_for_the_new_one_as_well_is_misconfigured()
    {
        _answer = _ => (401, "");

        var refusal = (await SubscribeAsync(["a"])).Refusal!;

        Assert.Equal((OutcomeKind.Misconfigured, "UNAUTHENTICATED", 2), (refusal.Kind, refusal.Reason, _received.Count));
    }

    [Theory]
    [InlineData(400, """{"error":"InvalidTopicName"}""", OutcomeKind.Rejected, "InvalidTopicName")]
    [InlineData(400, "", OutcomeKind.Rejected, "Http400")]
    [InlineData(403, """{"error":{"status":"PERMISSION_DENIED"}}""", OutcomeKind.Misconfigured, "UNKNOWN")]
    [InlineData(404, "<html>", OutcomeKind.Misconfigured, "Http404")]
    [InlineData(429, """{"error":"RESOURCE_EXHAUSTED"}""", OutcomeKind.Throttled, "RESOURCE_EXHAUSTED")]
    [InlineData(503, "<html>", OutcomeKind.Unavailable, "Http503")]
    [InlineData(200, """{"results":[{},{}]}""", OutcomeKind.Unavailable, "UnreadableAnswer")]
    [InlineData(200, """{"results":7}""", OutcomeKind.Unavailable, "UnreadableAnswer")]
    [InlineData(200, """{"results":[{"error":"\ud800"}]}""", OutcomeKind.Unavailable, "UnreadableAnswer")]
    [InlineData(200, "<html>", OutcomeKind.Unavailable, "UnreadableAnswer")]
    public async Task An_answer_for_all_is_an_outcome(int status, string body, OutcomeKind kind, string reason)
    {
        _answer = _ => (status, body);

        var answer = await SubscribeAsync(["a"]);

        Assert.Equal((null, kind, reason), (answer.Errors, answer.Refusal!.Kind, answer.Refusal.Reason));
    }

    [Fact]
    public async Task A_credential_that_cannot_be_read_names_the_app_and_is_read_again_once_repaired()
    {
        var path = _google.WriteFile("later.json", "{}");
        var e = await Assert.ThrowsAsync<InvalidAppException>(() => _topics.SubscribeAsync(App(path), "news", ["a"], default));
        Assert.Contains("shop-android", e.Message, StringComparison.Ordinal);

        _answer = _ => (200, """{"results":[{}]}""");
        _google.WriteFile("later.json", ServiceAccount());
        Assert.Equal([null], (await _topics.SubscribeAsync(App(path), "news", ["a"], default)).Errors);
    }

    [Fact]
    public async Task Nobody_there_is_unavailable()
    {
        using var topics = new FcmTopics(
            new FcmOptions { TopicEndpoint = new Uri("https://127.0.0.1:1"), TrustedCaPath = _google.CaPath }, NoGoogle, _time, _loggers);

        var refusal = (await topics.SubscribeAsync(App(), "news", ["a"], default)).Refusal!;

        Assert.Equal((OutcomeKind.Unavailable, "NoConnection"), (refusal.Kind, refusal.Reason));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path == "/token")
        {
            await context.Response.WriteAsync($$"""{"access_token":"ya29.{{Interlocked.Increment(ref _grants)}}","expires_in":3600}""");
            return;
        }

        using var reader = new StreamReader(request.Body);
        _received.Enqueue((request.Path, request.Headers.Authorization.ToString(), request.Headers["access_token_auth"].ToString(), await reader.ReadToEndAsync()));
        (context.Response.StatusCode, var body) = _answer(_received.Count);
        await context.Response.WriteAsync(body);
    }

    private Task<TopicAnswer> SubscribeAsync(string[] tokens) =>
        _topics.SubscribeAsync(App(), "news", tokens, default).WaitAsync(TimeSpan.FromSeconds(60));

    private FcmApp App(string? path = null) =>
        new("shop-android", "acme", path ?? _google.WriteFile("service-account.json", ServiceAccount()), null);

    private string ServiceAccount()
    {
        using var key = RSA.Create(2048);
        return JsonSerializer.Serialize(new
        {
            type = "service_account",
            project_id = "demo-shop",
            private_key_id = "1",
            private_key = key.ExportPkcs8PrivateKeyPem(),
            client_email = "push@demo-shop.example",
            client_id = "1",
            token_uri = new Uri(_google.Uri, "/token").AbsoluteUri,
        });
    }
}
