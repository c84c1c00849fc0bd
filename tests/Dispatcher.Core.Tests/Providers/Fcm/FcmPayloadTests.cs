using System.Buffers;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Fcm;

public sealed class FcmPayloadTests
{
    [Fact]
    public void Every_neutral_field_has_its_place()
    {
        var push = FcmPush(new()
        {
            Title = "Order 42",
            Subtitle = "FCM has none",
            Body = "On its way",
            Image = "https://example.com/a.png",
            Sound = "default",
            Badge = 3,
        }) with
        {
            Data = new Dictionary<string, string> { ["orderId"] = "42" },
            Priority = PushPriority.High,
            TimeToLive = 3600,
            CollapseKey = "order-42",
        };

        AssertJson(
            """
            {"message":{"token":"fGh:APA91b",
              "notification":{"title":"Order 42","body":"On its way","image":"https://example.com/a.png"},
              "data":{"orderId":"42"},
              "android":{"priority":"HIGH","ttl":"3600s","collapse_key":"order-42","notification":{"sound":"default","notification_count":3}}}}
            """,
            Render(push));
    }

    [Fact]
    public void Absent_fields_are_not_rendered() =>
        AssertJson("""{"message":{"token":"fGh:APA91b","notification":{"title":"Hello"}}}""", Render(FcmPush(Hello)));

    [Fact]
    public void Normal_priority_is_rendered() =>
        AssertJson("""{"message":{"token":"fGh:APA91b","android":{"priority":"NORMAL"}}}""", Render(FcmPush() with { Priority = PushPriority.Normal }));

    [Theory]
    [InlineData(3600, 0, "3600s")]
    [InlineData(3600, 600, "3000s")]
    [InlineData(3600, 3599.5, "0s")]
    [InlineData(3600, 9999, "0s")]
    [InlineData(0, 0, "0s")]
    [InlineData(0, 600, "0s")]
    public void The_time_to_live_is_what_is_left_of_the_original_deadline(int timeToLive, double secondsLater, string expected) =>
        AssertJson(
            $$$$"""{"message":{"token":"fGh:APA91b","android":{"ttl":"{{{{expected}}}}"}}}""",
            Render(FcmPush() with { TimeToLive = timeToLive }, secondsLater));

    [Fact]
    public void The_push_s_own_message_is_merged_over_the_rendered_one()
    {
        var push = FcmPush(new() { Title = "A", Body = "B" }) with
        {
            TimeToLive = 60,
            Fcm = Json("""{"notification":{"body":null},"android":{"ttl":"5s","notification":{"channel_id":"orders"}},"fcm_options":{"analytics_label":"x"}}"""),
        };

        AssertJson(
            """
            {"message":{"token":"fGh:APA91b","notification":{"title":"A"},
              "android":{"ttl":"5s","notification":{"channel_id":"orders"}},"fcm_options":{"analytics_label":"x"}}}
            """,
            Render(push));
    }

    [Fact]
    public void Camel_case_and_snake_case_are_one_field()
    {
        var push = FcmPush(new() { Badge = 1 }) with
        {
            CollapseKey = "a",
            Fcm = Json("""{"android":{"collapseKey":"b","notification":{"notificationCount":2,"channelId":"x","channel_id":"y"}},"fcmOptions":{"analyticsLabel":"l"}}"""),
        };

        AssertJson(
            """
            {"message":{"token":"fGh:APA91b","android":{"collapse_key":"b","notification":{"notification_count":2,"channel_id":"y"}},
              "fcm_options":{"analytics_label":"l"}}}
            """,
            Render(push));
    }

    [Fact]
    public void Names_that_are_not_fcm_s_stay_as_they_are()
    {
        const string own = """
            {"data":{"orderId":"1"},"android":{"data":{"collapseKey":"1"}},"apns":{"headers":{"fcmOptions":"1"},"payload":{"bodyLocKey":"1"}},
             "webpush":{"notification":{"clickAction":"1"},"data":{"fcmOptions":"1"},"headers":{"collapseKey":"1"}},"newField":{"innerName":1}}
            """;

        AssertJson("""{"message":{"token":"fGh:APA91b",""" + own.TrimStart()[1..] + "}", Render(FcmPush() with { Fcm = Json(own) }));
    }

    [Fact]
    public void No_override_can_redirect_a_push() =>
        AssertJson("""{"message":{"token":"fGh:APA91b"}}""", Render(FcmPush() with { Fcm = Json("""{"token":"somebody else"}""") }));

    [Theory]
    [InlineData(TargetKind.Token, "token")]
    [InlineData(TargetKind.Fid, "fid")]
    [InlineData(TargetKind.Topic, "topic")]
    [InlineData(TargetKind.Condition, "condition")]
    public void The_target_has_the_field_of_its_kind(TargetKind kind, string field)
    {
        var push = FcmPush() with { Target = new Target(kind, "whom") };

        AssertJson($$$"""{"message":{"{{{field}}}":"whom"}}""", Render(push));
        AssertJson($$$"""{"message":{"{{{field}}}":"whom"}}""", Render(push with { Fcm = Json("""{"token":"a","topic":"b","fid":"c","condition":"d"}""") }));
    }

    [Fact]
    public void A_push_that_is_only_checked_says_so_beside_the_message() =>
        AssertJson("""{"message":{"token":"fGh:APA91b"},"validate_only":true}""", Render(FcmPush() with { ValidateOnly = true }));

    [Fact]
    public void The_size_counts_keys_and_values_in_utf8() =>
        Assert.Equal(
            "title".Length + "Grüße".Length + 2 + "orderId".Length + "42".Length,
            FcmPayload.Measure(FcmPush(new() { Title = "Grüße" }) with
            {
                Data = new Dictionary<string, string> { ["orderId"] = "42" },
                TimeToLive = 3600,
                CollapseKey = "not counted",
            }));

    [Fact]
    public void What_android_replaces_is_counted_once() =>
        Assert.Equal(
            "k".Length + "12".Length + "title".Length + "AB".Length + "body".Length + "C".Length + "sticky".Length + "true".Length,
            FcmPayload.Measure(FcmPush(new() { Title = "long title", Body = "C" }) with
            {
                Data = new Dictionary<string, string> { ["replaced"] = "x" },
                Fcm = Json("""{"android":{"data":{"k":"12"},"notification":{"title":"AB","sticky":true}}}"""),
            }));

    private static byte[] Render(PushNotification push, double secondsLater = 0)
    {
        var output = new ArrayBufferWriter<byte>();
        FcmPayload.Render(push, push.AcceptedAt.AddSeconds(secondsLater), output);
        return output.WrittenSpan.ToArray();
    }
}
