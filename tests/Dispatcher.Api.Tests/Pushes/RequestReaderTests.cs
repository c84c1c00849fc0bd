using System.Text.Json;
using Dispatcher.Api.Pushes;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Tests.Pushes;

public sealed class RequestReaderTests
{
    private const string To = "\"to\":{\"app\":\"shop-ios\",\"token\":\"7f3a\"}";

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);

    [Fact]
    public void Every_member_is_read()
    {
        var request = Read(
            """
            { "to": [ { "app": "shop-ios", "token": "7f3a" }, { "token": "fGh:APA91b", "app": "shop-android" } ],
              "notification": { "title": "Order 42", "subtitle": "Shop", "body": "On its way", "image": "https://x.example/y", "sound": "default", "badge": 0 },
              "data": { "orderId": "42", "empty": "" }, "priority": "normal", "timeToLive": 3600, "collapseKey": "order-42", "class": "bulk",
              "apns": { "pushType": "alert", "topic": "t", "priority": 5, "expiration": 0, "collapseId": "c", "payload": { "aps": { "x": [1] } } },
              "fcm": { "android": { "notification": { "channel_id": "orders" } } } }
            """);

        Assert.Equal([new("shop-ios", Target.Token("7f3a")), new("shop-android", Target.Token("fGh:APA91b"))], request.Targets);
        Assert.Equal((PushClass.Bulk, "/to/1"), (request.Class, request.PointerTo(1)));
        var content = request.Content;
        Assert.Equal((Now, PushPriority.Normal, 3600, "order-42"), (content.AcceptedAt, content.Priority, content.TimeToLive, content.CollapseKey));
        Assert.Equal(
            new NotificationContent { Title = "Order 42", Subtitle = "Shop", Body = "On its way", Image = "https://x.example/y", Sound = "default", Badge = 0 },
            content.Notification);
        Assert.Equal(new Dictionary<string, string> { ["orderId"] = "42", ["empty"] = "" }, content.Data);
        Assert.Equal(
            new ApnsOverrides { PushType = "alert", Topic = "t", Priority = 5, Expiration = new(0), CollapseId = "c" }, content.Apns! with { Payload = null });
        Assert.Equal("""{ "aps": { "x": [1] } }""", content.Apns!.Payload!.Value.GetRawText());
        Assert.Equal("orders", content.Fcm!.Value.GetProperty("android").GetProperty("notification").GetProperty("channel_id").GetString());
    }

    [Fact]
    public void What_is_left_out_or_null_has_a_default()
    {
        var request = Read(
            $$"""
            { {{To}}, "notification": null, "data": null, "timeToLive": null, "collapseKey": null, "apns": { "payload": null, "priority": null }, "fcm": null }
            """);

        Assert.Equal((PushClass.Urgent, false, "/to"), (request.Class, request.IsList, request.PointerTo(0)));
        Assert.Equal((null, null, null), (request.Content.Notification, request.Content.Data, request.Content.TimeToLive));
        Assert.Equal(new ApnsOverrides(), request.Content.Apns);
        Assert.Null(request.Content.Fcm);
    }

    [Fact]
    public void What_was_read_outlives_the_document()
    {
        PushRequest request;
        using (var document = JsonDocument.Parse($$"""{ {{To}}, "fcm": { "data": { "k": "v" } } }"""))
            request = RequestReader.Read(document.RootElement, Now, out _);

        Assert.Equal("v", request.Content.Fcm!.Value.GetProperty("data").GetProperty("k").GetString());
    }

    [Theory]
    [InlineData("1", "", "must be an object, not a number")]
    [InlineData("[]", "", "must be an object, not an array")]
    [InlineData("null", "", "must be an object, not null")]
    [InlineData("{}", "/to", "is missing; name one target or up to 1,000")]
    [InlineData("""{"to":[]}""", "/to", "must have 1 to 1,000 targets, not 0")]
    [InlineData("""{"to":"shop-ios"}""", "/to", "must be an object, not a string")]
    [InlineData("""{"to":[{"app":"a","token":"t"},7]}""", "/to/1", "must be an object, not a number")]
    [InlineData("""{"to":{"token":"t"}}""", "/to/app", "is missing")]
    [InlineData("""{"to":[{"app":"a"}]}""", "/to/0/token", "is missing")]
    [InlineData("""{"to":{"app":1,"token":"t"}}""", "/to/app", "must be a string, not a number")]
    [InlineData("""{"to":{"app":"","token":"t"}}""", "/to/app", "must not be empty")]
    [InlineData("""{"to":{"app":"a","token":["t"]}}""", "/to/token", "must be a string, not an array")]
    [InlineData("""{"to":{"app":"a","token":"t","topic":"x"}}""", "/to/topic", "is one too many: the target has a token")]
    [InlineData("""{"to":[{"app":"a","topic":"x","condition":"x"}]}""", "/to/0/condition", "is one too many: the target has a topic")]
    [InlineData("""{"to":{"app":"a","topic":1}}""", "/to/topic", "must be a string, not a number")]
    [InlineData("""{"to":{"app":"a","condition":[]}}""", "/to/condition", "must be a string, not an array")]
    [InlineData("""{"to":{"app":"a","token":"t","Topic":"x"}}""", "/to/Topic", "is not a known member")]
    public void A_wrong_target_is_pointed_at(string json, string at, string problem) => Assert.Equal([new(at, problem)], Problems(json));

    [Theory]
    [InlineData("\"titel\":1", "/titel", "is not a known member")]
    [InlineData("\"\":1", "/", "is not a known member")]
    [InlineData("\"a/b~c\":1", "/a~1b~0c", "is not a known member")]
    [InlineData("\"class\":\"slow\"", "/class", "must be \"urgent\" or \"bulk\", not \"slow\"")]
    [InlineData("\"class\":null", "/class", "must be \"urgent\" or \"bulk\", not null")]
    [InlineData("\"priority\":10", "/priority", "must be \"high\" or \"normal\", not 10")]
    [InlineData("\"priority\":\"HIGH\"", "/priority", "must be \"high\" or \"normal\", not \"HIGH\"")]
    [InlineData("\"timeToLive\":-1", "/timeToLive", "must be a whole number from 0 to 2419200, not -1")]
    [InlineData("\"timeToLive\":2419201", "/timeToLive", "must be a whole number from 0 to 2419200, not 2419201")]
    [InlineData("\"timeToLive\":1.5", "/timeToLive", "must be a whole number from 0 to 2419200, not 1.5")]
    [InlineData("\"timeToLive\":\"60\"", "/timeToLive", "must be a whole number from 0 to 2419200, not a string of 2 characters")]
    [InlineData("\"validateOnly\":\"yes\"", "/validateOnly", "must be true or false, not a string")]
    [InlineData("\"sendAt\":1790000060", "/sendAt", "must be a string, not a number")]
    [InlineData("\"sendAt\":\"2026-09-21T14:12:19Z\"", "/sendAt", "has passed, by more than a minute")]
    [InlineData("\"collapseKey\":\"\"", "/collapseKey", "must not be empty")]
    [InlineData("\"collapseKey\":{}", "/collapseKey", "must be a string, not an object")]
    [InlineData("\"notification\":\"Hi\"", "/notification", "must be an object, not a string")]
    [InlineData("\"notification\":{}", "/notification", "shows nothing; give at least one of title, subtitle, body, image, sound, badge")]
    [InlineData("\"notification\":{\"title\":null}", "/notification", "shows nothing; give at least one of title, subtitle, body, image, sound, badge")]
    [InlineData("\"notification\":{\"title\":\"\"}", "/notification/title", "must not be empty")]
    [InlineData("\"notification\":{\"body\":true}", "/notification/body", "must be a string, not a boolean")]
    [InlineData("\"notification\":{\"icon\":\"x\"}", "/notification/icon", "is not a known member")]
    [InlineData("\"notification\":{\"image\":\"http://x.example/y\"}", "/notification/image", "must be an absolute https URL, not one with http")]
    [InlineData("\"notification\":{\"image\":\"/y.png\"}", "/notification/image", "must be an absolute https URL, not a relative one")]
    [InlineData("\"notification\":{\"badge\":-1}", "/notification/badge", "must be a whole number from 0 to 2147483647, not -1")]
    [InlineData("\"data\":[]", "/data", "must be an object, not an array")]
    [InlineData("\"data\":{\"n\":1}", "/data/n", "must be a string, not a number; providers carry strings only")]
    [InlineData("\"data\":{\"n\":null}", "/data/n", "must be a string, not null; providers carry strings only")]
    [InlineData("\"data\":{\"n\":{}}", "/data/n", "must be a string, not an object; providers carry strings only")]
    [InlineData("\"data\":{\"\":\"v\"}", "/data", "has a member without a name")]
    [InlineData("\"apns\":1", "/apns", "must be an object, not a number")]
    [InlineData("\"apns\":{\"alert\":\"x\"}", "/apns/alert", "is not a known member")]
    [InlineData("\"apns\":{\"priority\":11}", "/apns/priority", "must be a whole number from 1 to 10, not 11")]
    [InlineData("\"apns\":{\"expiration\":-1}", "/apns/expiration", "must be Unix seconds, 0 for one attempt, or \"none\", not -1")]
    [InlineData("\"apns\":{\"expiration\":\"never\"}", "/apns/expiration", "must be Unix seconds, 0 for one attempt, or \"none\", not \"never\"")]
    [InlineData("\"apns\":{\"payload\":\"x\"}", "/apns/payload", "must be an object, not a string")]
    [InlineData("\"fcm\":[]", "/fcm", "must be an object, not an array")]
    [InlineData("\"notification\":{\"title\":\"\\ud800\"}", "/notification/title", "is not valid Unicode")]
    [InlineData("\"data\":{\"k\":\"\\udc00\"}", "/data/k", "is not valid Unicode")]
    [InlineData("\"data\":{\"\\ud800\":\"v\"}", "/data", "has a member whose name is not valid Unicode")]
    [InlineData("\"fcm\":{\"data\":{\"k\":\"\\ud800\"}}", "/fcm", "has a string that is not valid Unicode")]
    [InlineData("\"apns\":{\"payload\":{\"\\ud800\":1}}", "/apns/payload", "has a string that is not valid Unicode")]
    public void A_wrong_member_is_pointed_at(string member, string at, string problem) =>
        Assert.Equal([new(at, problem)], Problems($"{{{To},{member}}}"));

    [Fact]
    public void Everything_wrong_is_listed() =>
        Assert.Equal(
            ["/to/0/token", "/to/1/app", "/notification/badge", "/data/n", "/later"],
            Problems("""{"to":[{"app":"a"},{"token":"t"}],"notification":{"badge":"1"},"data":{"n":1},"later":1}""").Select(problem => problem.JsonPointer));

    [Theory]
    [InlineData("token", TargetKind.Token)]
    [InlineData("fid", TargetKind.Fid)]
    [InlineData("topic", TargetKind.Topic)]
    [InlineData("condition", TargetKind.Condition)]
    public void A_target_has_one_of_four_kinds(string member, TargetKind kind) =>
        Assert.Equal([new("a", new Target(kind, "x"))], Read($$$"""{"to":{"app":"a","{{{member}}}":"x"}}""").Targets);

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(1001, 1)]
    public void A_request_has_up_to_1000_targets(int targets, int problems)
    {
        var to = string.Join(',', Enumerable.Repeat("""{"app":"a","token":"t"}""", targets));

        Assert.Equal(problems, Problems($$"""{"to":[{{to}}]}""").Count);
    }

    private static PushRequest Read(string json)
    {
        var request = RequestReader.Read(JsonElement.Parse(json), Now, out var problems);
        Assert.Empty(problems);
        return request;
    }

    private static List<PushProblem> Problems(string json)
    {
        _ = RequestReader.Read(JsonElement.Parse(json), Now, out var problems);
        return problems;
    }
}
