using System.Text.Json;
using Dispatcher.Api.Tests.Content;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Tests.Previews;

/// <summary><c>POST /push?validateOnly=true</c>: the answer shows what would be sent, and nothing is.</summary>
public sealed class PushPreviewTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private const string FcmToken = "fGh4kQ:APA91bEexampleexampleexample";

    private readonly ApiProcess _api = fixture.Api;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        Assert.Equal(0, _api.Kafka.Count());
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Every_push_is_shown_as_its_provider_would_get_it()
    {
        var answer = await PostAsync(
            $$"""
            { "to": [ { "app": "shop-ios", "token": "{{Desk.Token}}", "locale": "de-AT" }, { "app": "shop-android", "token": "{{FcmToken}}" } ], "class": "bulk",
              "notification": { "title": "Hello", "localized": { "de": { "title": "Grüß Gott" } } }, "data": { "k": "v" }, "collapseKey": "c" }
            """);

        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        Assert.DoesNotContain(Desk.Token, answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(FcmToken, answer.Body, StringComparison.Ordinal);
        var pushes = answer.Json.GetProperty("pushes").EnumerateArray().ToList();
        var id = pushes[0].GetProperty("request").GetProperty("headers").GetProperty("apns-id").GetString();
        Assert.Equal(7, Guid.Parse(id!).Version);
        AssertJson(
            $$"""
            { "app": "shop-ios", "target": "{{Target.Token(Desk.Token).Hash}}", "provider": "apns", "lane": "apns.bulk", "language": "de",
              "request": {
                "method": "POST", "url": "https://api.push.apple.com/3/device/{{Target.Token(Desk.Token).Hash}}",
                "headers": { "authorization": "bearer [redacted]", "apns-push-type": "alert", "apns-priority": "10", "apns-id": "{{id}}",
                             "apns-topic": "com.example.shop", "apns-collapse-id": "c" },
                "body": { "aps": { "alert": { "title": "Grüß Gott" } }, "k": "v" } },
              "size": { "bytes": 49, "limit": 4096 } }
            """,
            pushes[0]);
        AssertJson(
            $$"""
            { "app": "shop-android", "target": "{{Target.Token(FcmToken).Hash}}", "provider": "fcm", "lane": "fcm.bulk",
              "request": {
                "method": "POST", "url": "https://fcm.googleapis.com/v1/projects/{project}/messages:send",
                "headers": { "authorization": "Bearer [redacted]", "content-type": "application/json" },
                "body": { "message": { "token": "{{Target.Token(FcmToken).Hash}}", "notification": { "title": "Hello" }, "data": { "k": "v" }, "android": { "collapse_key": "c" } } } },
              "size": { "bytes": 12, "limit": 4096 } }
            """,
            pushes[1]);
    }

    [Fact]
    public async Task A_thousand_are_shown_in_their_order()
    {
        var to = string.Join(',', Enumerable.Range(0, 1000).Select(i => $$"""{ "app": "shop-ios", "token": "{{i:x64}}", "variables": { "n": {{i}} } }"""));

        var answer = await PostAsync($$$"""{ "to": [ {{{to}}} ], "template": { "notification": { "body": "{{n}} {{{new string('x', 2000)}}}" } } }""");

        Assert.Equal(
            Enumerable.Range(0, 1000).Select(i => Target.Token($"{i:x64}").Hash),
            answer.Json.GetProperty("pushes").EnumerateArray().Select(push => push.GetProperty("target").GetString()!));
    }

    [Fact]
    public async Task What_is_wrong_is_refused_as_it_would_be()
    {
        var answer = await PostAsync("""{ "to": { "app": "shop-ios", "token": "x" }, "data": { "k": "v" } }""");

        Assert.Equal((400, "invalid-request"), (answer.Status, answer.Problem));
        Assert.Equal([("#/to/token", "must be hexadecimal, as an APNs device token is")], answer.Errors);
        Assert.Equal((400, "malformed-json"), ((await PostAsync("{")).Status, (await PostAsync("{")).Problem));
    }

    /// <summary>The member of the body has FCM itself check the push; the query has nobody get it.</summary>
    [Fact]
    public async Task The_body_s_member_of_that_name_is_shown_like_any_other()
    {
        var answer = await PostAsync($$"""{ "to": { "app": "shop-android", "token": "{{FcmToken}}" }, "data": { "k": "v" }, "validateOnly": true }""");

        Assert.True(answer.Json.GetProperty("pushes")[0].GetProperty("request").GetProperty("body").GetProperty("validate_only").GetBoolean());
    }

    [Theory]
    [InlineData("/push?validateOnly=yes")]
    [InlineData("/push?validateOnly=")]
    [InlineData("/push?validateOnly=true&validateOnly=false")]
    public async Task A_query_that_says_neither_is_refused(string path)
    {
        var answer = await SendAsync(path, $$"""{ "to": { "app": "shop-ios", "token": "{{Desk.Token}}" }, "data": { "k": "v" } }""");

        Assert.Equal((400, "invalid-request"), (answer.Status, answer.Problem));
    }

    [Fact]
    public async Task A_batch_is_not_looked_at_and_not_sent_either()
    {
        var answer = await _api.SendAsync(
            HttpMethod.Post, "/push/batch?validateOnly=true", ApiProcess.Key, "application/x-ndjson",
            System.Text.Encoding.UTF8.GetBytes($$"""{ "to": { "app": "shop-ios", "token": "{{Desk.Token}}" }, "data": { "k": "v" } }"""));

        Assert.Equal((400, "invalid-request"), (answer.Status, answer.Problem));
    }

    [Fact]
    public async Task It_takes_a_scope_of_its_own()
    {
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{ "to": { "app": "shop-ios", "token": "{{Desk.Token}}" }, "data": { "k": "v" } }""");

        var answer = await _api.SendAsync(HttpMethod.Post, "/push?validateOnly=true", ApiProcess.SendKey, "application/json", body);

        Assert.Equal((403, "forbidden"), (answer.Status, answer.Problem));
        Assert.Contains("'push:validate'", answer.Body, StringComparison.Ordinal);
    }

    private static void AssertJson(string expected, JsonElement actual) =>
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), actual), actual.GetRawText());

    private Task<Answer> PostAsync(string body) => SendAsync("/push?validateOnly=true", body);

    private Task<Answer> SendAsync(string path, string body) =>
        _api.SendAsync(HttpMethod.Post, path, ApiProcess.Key, "application/json", System.Text.Encoding.UTF8.GetBytes(body));
}
