using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dispatcher.Core.Pushes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Api.Tests.Topics;

/// <summary>Subscriptions to topics through the real API, with a stand-in for Google behind it.</summary>
public sealed class TopicsTests(TopicsTests.Stage stage) : IClassFixture<TopicsTests.Stage>
{
    [Theory]
    [InlineData("subscribe", "/iid/v1:batchAdd")]
    [InlineData("unsubscribe", "/iid/v1:batchRemove")]
    public async Task Each_token_has_its_result(string verb, string path)
    {
        var answer = await PostAsync($"/apps/news-android/topics/{verb}d.news~1/{verb}", """{"tokens":["a:1","gone:2"]}""");

        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        Assert.True(JsonElement.DeepEquals(
            JsonElement.Parse(
                $$$"""
                {"succeeded":1,"failed":1,"results":[
                  {"target":"{{{Target.Token("a:1").Hash}}}"},{"target":"{{{Target.Token("gone:2").Hash}}}","error":"NOT_FOUND"}]}
                """),
            answer.Json));
        Assert.Contains((path, $$"""{"to":"/topics/{{verb}}d.news~1","registration_tokens":["a:1","gone:2"]}"""), stage.Received);
        Assert.DoesNotContain("gone:2", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", ApiProcess.Key)]
    [InlineData("news-android", ApiProcess.RivalKey)]
    [InlineData("shop-ios", ApiProcess.Key)]
    public async Task Another_s_app_does_not_exist_and_apns_has_no_topics(string app, string key)
    {
        var answer = await PostAsync($"/apps/{app}/topics/news/subscribe", """{"tokens":["a"]}""", key);

        Assert.Equal((404, "no-such-app"), (answer.Status, answer.Problem));
    }

    [Fact]
    public async Task A_key_is_needed() =>
        Assert.Equal((401, "unauthorized"), await AnswerAsync("/apps/news-android/topics/news/subscribe", """{"tokens":["a"]}""", "wrong"));

    [Theory]
    [InlineData("news", "[]", "#", "must be an object")]
    [InlineData("news", "{}", "#/tokens", "is missing; name 1 to 1,000 tokens")]
    [InlineData("news", """{"tokens":[]}""", "#/tokens", "must be an array of 1 to 1,000 tokens")]
    [InlineData("news", """{"tokens":"a"}""", "#/tokens", "must be an array of 1 to 1,000 tokens")]
    [InlineData("news", """{"tokens":["a",1]}""", "#/tokens/1", "must be a string")]
    [InlineData("news", """{"tokens":["a","b c"]}""", "#/tokens/1", "has a character that no FCM registration token has")]
    [InlineData("news", """{"tokens":["a"],"topic":"x"}""", "#/topic", "is not a known member")]
    [InlineData("news", """{"tokens":["\ud800"]}""", "#", "has a string that is not valid Unicode")]
    [InlineData("n%20ews", """{"tokens":["a"]}""", "#", "names a topic in its path that may have the characters a-z A-Z 0-9 - _ . ~ % only")]
    public async Task What_is_wrong_is_pointed_at(string topic, string body, string at, string detail)
    {
        var answer = await PostAsync($"/apps/news-android/topics/{topic}/subscribe", body);

        Assert.Equal((400, "invalid-request"), (answer.Status, answer.Problem));
        Assert.Equal([(at, detail)], answer.Errors);
    }

    [Fact]
    public async Task A_request_has_up_to_1000_tokens()
    {
        var tokens = JsonSerializer.Serialize(new { tokens = Enumerable.Range(0, 1001).Select(i => $"{i}") });

        Assert.Equal((400, "invalid-request"), await AnswerAsync("/apps/news-android/topics/news/subscribe", tokens));
    }

    [Theory]
    [InlineData("{", 400, "malformed-json")]
    [InlineData("""{"tokens":["a"],"tokens":["b"]}""", 400, "malformed-json")]
    public async Task A_body_that_is_no_json_is_refused(string body, int status, string problem) =>
        Assert.Equal((status, problem), await AnswerAsync("/apps/news-android/topics/news/subscribe", body));

    [Fact]
    public async Task Another_content_type_is_refused()
    {
        var answer = await stage.Api.SendAsync(HttpMethod.Post, "/apps/news-android/topics/news/subscribe", ApiProcess.Key, "text/plain", "{}"u8.ToArray());

        Assert.Equal((415, "unsupported-media-type"), (answer.Status, answer.Problem));
    }

    [Theory]
    [InlineData("answer-403", 502, "provider-refused")]
    [InlineData("answer-400", 502, "provider-refused")]
    [InlineData("answer-429", 503, "provider-unavailable")]
    [InlineData("answer-503", 503, "provider-unavailable")]
    public async Task What_fcm_says_to_all_is_a_problem(string topic, int status, string problem) =>
        Assert.Equal((status, problem), await AnswerAsync($"/apps/news-android/topics/{topic}/subscribe", """{"tokens":["a"]}"""));

    [Fact]
    public async Task A_credential_that_cannot_be_used_is_found_out_now() =>
        Assert.Equal((500, "app-misconfigured"), await AnswerAsync("/apps/shop-android/topics/news/subscribe", """{"tokens":["a"]}"""));

    private Task<Answer> PostAsync(string path, string body, string key = ApiProcess.Key) =>
        stage.Api.SendAsync(HttpMethod.Post, path, key, "application/json", Encoding.UTF8.GetBytes(body));

    private async Task<(int Status, string? Problem)> AnswerAsync(string path, string body, string key = ApiProcess.Key)
    {
        var answer = await PostAsync(path, body, key);
        return (answer.Status, answer.Problem);
    }

    /// <summary>The API, and a Google that knows no token that begins with "gone".</summary>
    public sealed class Stage : IAsyncLifetime
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("topics-tests-");
        private WebApplication _google = null!;

        public ApiProcess Api { get; private set; } = null!;

        public ConcurrentQueue<(string Path, string Body)> Received { get; } = new();

        public async Task InitializeAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            _google = builder.Build();
            _google.Run(AnswerAsync);
            await _google.StartAsync();
            var address = _google.Urls.Single();
            Api = await ApiProcess.StartAsync(
                ("Apps:news-android:Provider", "fcm"),
                ("Apps:news-android:Tenant", "acme"),
                ("Apps:news-android:CredentialsPath", ServiceAccount(address)),
                ("Fcm:TopicEndpoint", address));
        }

        public async Task DisposeAsync()
        {
            await Api.DisposeAsync();
            await _google.DisposeAsync();
            _directory.Delete(recursive: true);
        }

        private async Task AnswerAsync(HttpContext context)
        {
            if (context.Request.Path == "/token")
            {
                await context.Response.WriteAsync("""{"access_token":"ya29.1","expires_in":3600,"token_type":"Bearer"}""");
                return;
            }

            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            Received.Enqueue((context.Request.Path, body));
            var request = JsonElement.Parse(body);
            var topic = request.GetProperty("to").GetString()!["/topics/".Length..];
            if (topic.StartsWith("answer-", StringComparison.Ordinal))
                context.Response.StatusCode = int.Parse(topic["answer-".Length..], System.Globalization.CultureInfo.InvariantCulture);
            var results = request.GetProperty("registration_tokens").EnumerateArray()
                .Select(token => token.GetString()!.StartsWith("gone", StringComparison.Ordinal) ? """{"error":"NOT_FOUND"}""" : "{}");
            await context.Response.WriteAsync($$"""{"results":[{{string.Join(',', results)}}]}""");
        }

        private string ServiceAccount(string address)
        {
            using var key = RSA.Create(2048);
            var path = Path.Combine(_directory.FullName, "service-account.json");
            File.WriteAllText(path, JsonSerializer.Serialize(new
            {
                type = "service_account",
                project_id = "demo-shop",
                private_key_id = "1",
                private_key = key.ExportPkcs8PrivateKeyPem(),
                client_email = "push@demo-shop.example",
                client_id = "1",
                token_uri = $"{address}/token",
            }));
            return path;
        }
    }
}
