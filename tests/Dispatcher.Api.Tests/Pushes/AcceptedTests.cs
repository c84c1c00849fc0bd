using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Tests.Pushes;

/// <summary>Requests that are right: 202, and every push in Kafka by then.</summary>
public sealed class AcceptedTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    /// <summary>{"aps":{"alert":{"title":"…"}}} has 4096 bytes with it.</summary>
    public const int LongestApnsTitle = 4096 - 30;

    /// <summary>FCM counts the name of the field too.</summary>
    public const int LongestFcmBody = 4096 - 4;

    private const string Token = "7f3a00000000000000000000000000000000000000000000000000000000c0de";

    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task One_target_is_one_push_with_the_request_s_id()
    {
        var answer = await _api.PushAsync($$$"""{"to":{"app":"shop-ios","token":"{{{Token}}}"},"notification":{"title":"Hi"}}""");

        Assert.Equal((202, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal(["id", "pushes"], answer.Json.EnumerateObject().Select(member => member.Name));
        var push = Assert.Single(answer.Json.GetProperty("pushes").EnumerateArray());
        Assert.Equal(["id", "app", "target"], push.EnumerateObject().Select(member => member.Name));
        Assert.Equal(answer.Json.GetProperty("id").GetGuid(), push.GetProperty("id").GetGuid());
        Assert.Equal("shop-ios", push.GetProperty("app").GetString());
        Assert.Equal(Target.Token(Token).Hash, push.GetProperty("target").GetString());
        Assert.DoesNotContain(Token, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thousand_targets_are_a_thousand_pushes_in_their_order()
    {
        var targets = Enumerable.Range(0, 1000).Select(i => (App: i % 2 == 0 ? "shop-ios" : "shop-android", Token: $"{i:x64}")).ToList();
        var to = JsonSerializer.Serialize(targets.Select(target => new { app = target.App, token = target.Token }));

        var answer = await _api.PushAsync($$$"""{"to":{{{to}}},"class":"bulk","data":{"k":"v"}}""");

        Assert.Equal(202, answer.Status);
        var pushes = answer.Json.GetProperty("pushes").EnumerateArray().ToList();
        Assert.Equal(
            targets.Select(target => (target.App, Target.Token(target.Token).Hash)),
            pushes.Select(push => (push.GetProperty("app").GetString()!, push.GetProperty("target").GetString()!)));
        var ids = answer.PushIds.Append(answer.Json.GetProperty("id").GetGuid()).ToList();
        Assert.Equal(1001, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Equal(7, id.Version));
        Assert.Equal(
            answer.PushIds.Order(),
            Read(answer, Provider.Apns, PushClass.Bulk).Concat(Read(answer, Provider.Fcm, PushClass.Bulk)).Select(push => push.Id).Order());
    }

    [Fact]
    public async Task What_lies_in_kafka_is_what_was_asked_for()
    {
        var answer = await _api.PushAsync(
            $$$"""
            { "to": [ { "app": "shop-ios", "token": "{{{Token}}}" }, { "app": "shop-android", "token": "fGh-x:APA91b_y" } ],
              "notification": { "title": "Заказ 42 😀", "subtitle": "S", "body": "<&\"\\>", "image": "https://x.example/y", "sound": "default", "badge": 3 },
              "data": { "orderId": "42", "пусто": "" }, "priority": "high", "timeToLive": 3600, "collapseKey": "order-42",
              "apns": { "priority": 5, "payload": { "aps": { "interruption-level": "time-sensitive" } } },
              "fcm": { "android": { "notification": { "channel_id": "orders" } } } }
            """);

        Assert.Equal(202, answer.Status);
        var apns = Assert.Single(Read(answer, Provider.Apns, PushClass.Urgent));
        var fcm = Assert.Single(Read(answer, Provider.Fcm, PushClass.Urgent));
        Assert.Equal(answer.PushIds, [apns.Id, fcm.Id]);
        Assert.Equal(("shop-ios", Token), (apns.App, apns.Target.Value));
        Assert.Equal(("shop-android", "fGh-x:APA91b_y"), (fcm.App, fcm.Target.Value));
        Assert.All([apns, fcm], push =>
        {
            Assert.Equal(
                new NotificationContent { Title = "Заказ 42 😀", Subtitle = "S", Body = "<&\"\\>", Image = "https://x.example/y", Sound = "default", Badge = 3 },
                push.Notification);
            Assert.Equal(new Dictionary<string, string> { ["orderId"] = "42", ["пусто"] = "" }, push.Data);
            Assert.Equal((PushPriority.High, 3600, "order-42"), (push.Priority, push.TimeToLive, push.CollapseKey));
            Assert.Equal(5, push.Apns?.Priority);
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse("""{"aps":{"interruption-level":"time-sensitive"}}"""), push.Apns!.Payload!.Value));
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse("""{"android":{"notification":{"channel_id":"orders"}}}"""), push.Fcm!.Value));
        });
        Assert.Equal(apns.AcceptedAt, fcm.AcceptedAt);
    }

    [Theory]
    [InlineData(TargetKind.Fid, "cXyz-_0123456789abcdef")]
    [InlineData(TargetKind.Topic, "news")]
    [InlineData(TargetKind.Condition, "'news' in topics && !('sport' in topics)")]
    public async Task Fcm_has_more_than_tokens(TargetKind kind, string value)
    {
        var target = new Target(kind, value);

        var answer = await _api.PushAsync($$$"""{"to":{"app":"shop-android","{{{target.Word}}}":"{{{value}}}"},"notification":{"title":"Hi"}}""");

        Assert.Equal(202, answer.Status);
        Assert.Equal(target.Hash, answer.Json.GetProperty("pushes")[0].GetProperty("target").GetString());
        Assert.Equal(target, Assert.Single(Read(answer, Provider.Fcm, PushClass.Urgent)).Target);
    }

    [Fact]
    public async Task Fcm_can_check_a_push_without_sending_it()
    {
        var answer = await _api.PushAsync("""{"to":{"app":"shop-android","token":"f:A"},"data":{"k":"v"},"validateOnly":true}""");

        Assert.True(Assert.Single(Read(answer, Provider.Fcm, PushClass.Urgent)).ValidateOnly);
    }

    /// <summary>A scheduled push lies on its lane like any other; its workers make it wait.</summary>
    [Fact]
    public async Task A_push_may_be_for_later_and_its_time_to_live_counts_from_then()
    {
        var sendAt = TimeProvider.System.GetUtcNow().AddDays(2);

        var answer = await _api.PushAsync(
            $$$"""{"to":{"app":"shop-ios","token":"{{{Token}}}"},"data":{"k":"v"},"timeToLive":60,"sendAt":"{{{sendAt:yyyy-MM-ddTHH:mm:ss.fffffffZ}}}"}""");

        var push = Assert.Single(Read(answer, Provider.Apns, PushClass.Urgent));
        Assert.Equal((sendAt, sendAt, sendAt.AddSeconds(60)), (push.SendAt!.Value, push.DueAt, push.ExpiresAt!.Value));
    }

    [Fact]
    public async Task What_was_for_a_moment_ago_is_sent_at_once()
    {
        var sendAt = TimeProvider.System.GetUtcNow().AddSeconds(-20);

        var answer = await _api.PushAsync(
            $$$"""{"to":{"app":"shop-ios","token":"{{{Token}}}"},"data":{"k":"v"},"sendAt":"{{{sendAt:yyyy-MM-ddTHH:mm:ssZ}}}"}""");

        Assert.Null(Assert.Single(Read(answer, Provider.Apns, PushClass.Urgent)).SendAt);
    }

    [Theory]
    [InlineData("urgent", PushClass.Urgent)]
    [InlineData("bulk", PushClass.Bulk)]
    public async Task The_class_chooses_the_lane(string word, PushClass pushClass)
    {
        var answer = await _api.PushAsync(
            $$$"""{"to":[{"app":"shop-ios","token":"{{{Token}}}"},{"app":"shop-android","token":"f:A"}],"class":"{{{word}}}","notification":{"title":"Hi"}}""");

        Assert.Equal(answer.PushIds, [Read(answer, Provider.Apns, pushClass).Single().Id, Read(answer, Provider.Fcm, pushClass).Single().Id]);
    }

    [Theory]
    [InlineData("\"notification\":{\"title\":\"Hi\"}")]
    [InlineData("\"notification\":{\"badge\":0}")]
    [InlineData("\"data\":{\"k\":\"v\"}")]
    [InlineData("\"apns\":{\"payload\":{\"aps\":{\"alert\":\"Hi\"}}},\"fcm\":{\"notification\":{\"title\":\"Hi\"}}")]
    public async Task Any_kind_of_content_is_enough(string content) =>
        Assert.Equal(202, (await _api.PushAsync($$"""{"to":[{"app":"shop-ios","token":"{{Token}}"},{"app":"shop-android","token":"f:A"}],{{content}}}""")).Status);

    [Fact]
    public async Task A_payload_may_be_as_large_as_its_provider_takes()
    {
        var (title, body) = (new string('x', LongestApnsTitle), new string('x', LongestFcmBody));

        Assert.Equal(202, (await _api.PushAsync($$$"""{"to":{"app":"shop-ios","token":"{{{Token}}}"},"notification":{"title":"{{{title}}}"}}""")).Status);
        Assert.Equal(202, (await _api.PushAsync($$$"""{"to":{"app":"shop-android","token":"f:A"},"notification":{"body":"{{{body}}}"}}""")).Status);
    }

    [Fact]
    public async Task A_tenant_sends_to_its_own_apps() =>
        Assert.Equal(202, (await _api.PushAsync($$$"""{"to":{"app":"rival-ios","token":"{{{Token}}}"},"data":{"k":"v"}}""", ApiProcess.RivalKey)).Status);

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("APPLICATION/JSON")]
    public async Task The_content_type_may_have_parameters(string contentType) =>
        Assert.Equal(202, (await _api.PushAsync($$$"""{"to":{"app":"shop-ios","token":"{{{Token}}}"},"data":{"k":"v"}}""", contentType: contentType)).Status);

    private IEnumerable<PushNotification> Read(Answer answer, Provider provider, PushClass pushClass) =>
        _api.Kafka.Read(new Lane(provider, pushClass)).IntersectBy(answer.PushIds, push => push.Id);
}
