using System.Text.Json;

namespace Dispatcher.Api.Tests.Pushes;

/// <summary>Requests that are wrong: 400 with a pointer to each wrong member, and nothing in Kafka.</summary>
public sealed class RefusedTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private const string Token = "7f3a00000000000000000000000000000000000000000000000000000000c0de";
    private const string Ios = "\"to\":{\"app\":\"shop-ios\",\"token\":\"" + Token + "\"}";
    private const string Android = "\"to\":{\"app\":\"shop-android\",\"token\":\"fGh:APA91b\"}";
    private const string Title = "\"notification\":{\"title\":\"Hi\"}";

    private readonly ApiProcess _api = fixture.Api;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        Assert.Equal(0, _api.Kafka.Count());
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("rival-ios")]
    [InlineData("SHOP-IOS")]
    public async Task An_unknown_app_and_another_tenant_s_look_the_same(string app) => await AssertRefusedAsync(
        $$"""{"to":[{"app":"shop-ios","token":"{{Token}}"},{"app":"{{app}}","token":"{{Token}}"}],{{Title}}}""", "#/to/1/app", "is not an app of yours");

    [Theory]
    [InlineData("shop-ios", "", "must not be empty")]
    [InlineData("shop-ios", "not hex", "must be hexadecimal, as an APNs device token is")]
    [InlineData("shop-ios", "7f3a", "must have 16 to 1024 hex digits, not 4")]
    [InlineData("shop-ios", "fGh:APA91b", "must be hexadecimal, as an APNs device token is")]
    [InlineData("shop-android", "", "must not be empty")]
    [InlineData("shop-android", "токен", "has a character that no FCM registration token has")]
    public async Task A_token_that_cannot_be_one_is_pointed_at(string app, string token, string detail)
    {
        await AssertRefusedAsync($$$"""{"to":{"app":"{{{app}}}","token":"{{{token}}}"},{{{Title}}}}""", "#/to/token", detail);
        await AssertRefusedAsync($$$"""{"to":[{"app":"{{{app}}}","token":"{{{token}}}"}],{{{Title}}}}""", "#/to/0/token", detail);
    }

    [Theory]
    [InlineData("shop-ios", "topic", "news", "is not what Apns addresses by; only FCM has a topic")]
    [InlineData("shop-ios", "fid", "cXyz", "is not what Apns addresses by; only FCM has a fid")]
    [InlineData("shop-android", "topic", "/topics/news", "must be the name alone, without /topics/")]
    [InlineData("shop-android", "topic", "", "must not be empty")]
    [InlineData("shop-android", "fid", "", "must not be empty")]
    [InlineData("shop-android", "condition", "news", "needs a topic here, as in 'news' in topics (character 1)")]
    [InlineData("shop-android", "condition", "'a' in topics && ('b' in topics", "needs a closing parenthesis, && or || (character 32)")]
    public async Task A_target_that_its_provider_does_not_have_is_pointed_at(string app, string kind, string value, string detail) =>
        await AssertRefusedAsync($$$"""{"to":[{"app":"{{{app}}}","{{{kind}}}":"{{{value}}}"}],{{{Title}}}}""", $"#/to/0/{kind}", detail);

    [Fact]
    public async Task A_payload_for_a_topic_has_half_the_limit()
    {
        var body = new string('x', 2048 - 4 + 1);

        await AssertRefusedAsync(
            $$$"""{"to":[{"app":"shop-android","token":"f:A"},{"app":"shop-android","topic":"news"}],"notification":{"body":"{{{body}}}"}}""",
            "#",
            "has 2049 bytes of keys and values for FCM, which takes 2048 for a topic");
    }

    [Fact]
    public async Task A_problem_does_not_repeat_tokens()
    {
        var answer = await _api.PushAsync($$$"""{"to":{"app":"shop-ios","token":"{{{Token}}}secret"},{{{Title}}}}""");

        Assert.Equal(400, answer.Status);
        Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{" + Ios + "}", "#/to")]
    [InlineData("{" + Android + ",\"data\":{}}", "#/to")]
    [InlineData("{" + Ios + ",\"fcm\":{\"notification\":{\"title\":\"Hi\"}}}", "#/to")]
    [InlineData("{" + Android + ",\"apns\":{\"payload\":{\"aps\":{}}}}", "#/to")]
    public async Task A_target_that_would_get_nothing_is_pointed_at(string body, string at) =>
        await AssertRefusedAsync(body, at, "would get nothing: give notification, data, or content in the provider's own words");

    [Theory]
    [InlineData("{" + Ios + ",\"data\":{\"aps\":\"x\"}}", "#/data/aps", "is APNs' own key")]
    [InlineData("{" + Android + ",\"data\":{\"from\":\"x\"}}", "#/data/from", "is one of FCM's own keys")]
    [InlineData("{" + Android + ",\"data\":{\"google.x\":\"x\"}}", "#/data/google.x", "is one of FCM's own keys")]
    [InlineData("{" + Android + ",\"data\":{\"gcm\":\"x\"}}", "#/data/gcm", "is one of FCM's own keys")]
    [InlineData("{" + Android + ",\"data\":{\"gcm.notification.x\":\"x\"}}", "#/data/gcm.notification.x", "is one of FCM's own keys")]
    [InlineData("{" + Android + ",\"data\":{\"message_type\":\"x\"}}", "#/data/message_type", "is one of FCM's own keys")]
    [InlineData("{" + Android + ",\"fcm\":{\"data\":{\"from\":\"x\"}}}", "#/fcm/data/from", "is one of FCM's own keys")]
    [InlineData("{" + Ios + ",\"data\":{\"n\":1}}", "#/data/n", "must be a string, not a number; providers carry strings only")]
    public async Task Data_that_a_provider_would_not_carry_is_pointed_at(string body, string at, string detail) => await AssertRefusedAsync(body, at, detail);

    [Theory]
    [InlineData("{" + Ios + "," + Title + ",\"sentBy\":\"shop\"}", "#/sentBy")]
    [InlineData("{\"to\":{\"app\":\"shop-ios\",\"token\":\"" + Token + "\",\"user\":\"7\"}," + Title + "}", "#/to/user")]
    [InlineData("{" + Ios + ",\"notification\":{\"title\":\"Hi\",\"icon\":\"x\"}}", "#/notification/icon")]
    [InlineData("{" + Ios + "," + Title + ",\"apns\":{\"badge\":1}}", "#/apns/badge")]
    [InlineData("{" + Ios + "," + Title + ",\"größe und/oder 100%\":1}", "#/gr%C3%B6%C3%9Fe%20und~1oder%20100%25")]
    public async Task A_member_that_is_not_known_is_pointed_at(string body, string at) => await AssertRefusedAsync(body, at, "is not a known member");

    [Theory]
    [InlineData("\"2020-01-01T00:00:00Z\"", "has passed, by more than a minute")]
    [InlineData("\"2100-01-01T00:00:00Z\"", "must be at most 30 days ahead")]
    public async Task A_wrong_instant_is_pointed_at(string sendAt, string detail) =>
        await AssertRefusedAsync($$"""{{{Ios}},{{Title}},"sendAt":{{sendAt}}}""", "#/sendAt", detail);

    [Fact]
    public async Task A_field_that_fcm_s_message_lacks_is_pointed_at() =>
        await AssertRefusedAsync($$$"""{{{{Android}}},"fcm":{"color":"red"}}""", "#/fcm/color", "is not a field of FCM's message");

    [Theory]
    [InlineData("{\"android\":{\"ttl\":3600}}", "#/fcm/android/ttl", "must be seconds with an s, such as \"3600s\" or \"1.5s\", not 3600")]
    [InlineData("{\"android\":{\"notification\":{\"bodyLocArgs\":[1]}}}", "#/fcm/android/notification/bodyLocArgs/0", "must be a string, not 1")]
    [InlineData("{\"webpush\":{\"headers\":{\"TTL\":15}}}", "#/fcm/webpush/headers/TTL", "must be a string, not 15")]
    public async Task Fcm_s_own_words_are_checked_too(string fcm, string at, string detail) =>
        await AssertRefusedAsync($$"""{{{Android}},{{Title}},"fcm":{{fcm}}}""", at, detail);

    [Fact]
    public async Task Apns_cannot_check_a_push_without_sending_it() => await AssertRefusedAsync(
        $$"""{{{Ios}},{{Title}},"validateOnly":true}""", "#/validateOnly", "must be false: Apns cannot check a push without sending it");

    [Fact]
    public async Task The_payload_as_apns_gets_it_has_a_limit() => await AssertRefusedAsync(
        $$$"""{{{{Ios}}},"notification":{"title":"{{{new string('x', AcceptedTests.LongestApnsTitle + 1)}}}"}}""",
        "#",
        "renders to 4097 bytes for APNs, which takes 4096");

    [Fact]
    public async Task The_payload_as_fcm_gets_it_has_a_limit() => await AssertRefusedAsync(
        $$$"""{{{{Android}}},"notification":{"body":"{{{new string('x', AcceptedTests.LongestFcmBody + 1)}}}"}}""",
        "#",
        "has 4097 bytes of keys and values for FCM, which takes 4096");

    [Theory]
    [InlineData("{" + Android + "," + Title + ",\"apns\":{\"payload\":{\"k\":\"…\"}}}")]
    [InlineData("{" + Android + ",\"notification\":{\"title\":\"Hi\",\"subtitle\":\"…\"}}")]
    [InlineData("{" + Android + "," + Title + ",\"fcm\":{\"webpush\":{\"data\":{\"k\":\"…\"}}}}")]
    public async Task What_no_provider_counts_has_a_limit_too(string body)
    {
        var answer = await _api.PushAsync(body.Replace("…", new string('x', 70_000), StringComparison.Ordinal));

        Assert.Equal((400, "invalid-request"), (answer.Status, answer.Problem));
        var (at, detail) = Assert.Single(answer.Errors);
        Assert.Equal("#", at);
        Assert.EndsWith("bytes, which is more than the 65536 that a push may have", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_wrong_target_of_a_thousand_refuses_all()
    {
        var to = JsonSerializer.Serialize(Enumerable.Range(0, 1000).Select(i => new { app = "shop-ios", token = i == 777 ? "" : Token }));

        await AssertRefusedAsync($$"""{"to":{{to}},{{Title}}}""", "#/to/777/token", "must not be empty");
    }

    [Fact]
    public async Task A_thousand_and_one_targets_are_too_many()
    {
        var to = JsonSerializer.Serialize(Enumerable.Range(0, 1001).Select(_ => new { app = "shop-ios", token = Token }));

        await AssertRefusedAsync($$"""{"to":{{to}},{{Title}}}""", "#/to", "must have 1 to 1,000 targets, not 1,001");
    }

    [Fact]
    public async Task Everything_wrong_is_listed_at_once()
    {
        var answer = await _api.PushAsync(
            $$$"""{"to":[{"app":"nowhere","token":"t"},{"app":"shop-ios","token":"x"},{"app":"shop-android"}],"data":{"n":1},"later":1}""");

        Assert.Equal(["#/to/2/token", "#/data/n", "#/later", "#/to/0/app", "#/to/1/token"], answer.Errors.Select(error => error.Pointer));
    }

    [Fact]
    public async Task Of_very_many_problems_a_hundred_are_listed()
    {
        var to = JsonSerializer.Serialize(Enumerable.Range(0, 1000).Select(_ => new { app = "nowhere", token = Token }));

        var answer = await _api.PushAsync($$"""{"to":{{to}},{{Title}}}""");

        Assert.Equal(100, answer.Errors.Count);
        Assert.Equal("Nothing was accepted. The first 100 of 1,000 problems are listed.", answer.Json.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task The_body_is_problem_json()
    {
        var answer = await _api.PushAsync("{}");

        Assert.Equal((400, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.True(JsonElement.DeepEquals(
            JsonElement.Parse(
                """
                {
                  "type": "urn:dispatcher:problem:invalid-request", "title": "The request is not valid", "status": 400,
                  "detail": "Nothing was accepted. Every problem is listed.",
                  "errors": [ { "pointer": "#/to", "detail": "is missing; name one target or up to 1,000" } ]
                }
                """),
            answer.Json));
    }

    private async Task AssertRefusedAsync(string body, string at, string detail)
    {
        var answer = await _api.PushAsync(body);

        Assert.Equal((400, "invalid-request"), (answer.Status, answer.Problem));
        Assert.Equal([(at, detail)], answer.Errors);
    }
}
