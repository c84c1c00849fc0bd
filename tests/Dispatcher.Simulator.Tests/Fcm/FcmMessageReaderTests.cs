using System.Text.Json;
using Dispatcher.Simulator.Tests.Wire;

namespace Dispatcher.Simulator.Tests.Fcm;

/// <summary>What FCM's JSON parser and its rules make of a message, seen over the wire.</summary>
public sealed class FcmMessageReaderTests(SimulatorFixture fixture) : IClassFixture<SimulatorFixture>
{
    private const string EveryField =
        """
        "name":"ignored","data":{"room":"42"},"notification":{"title":"Ada","body":"Lunch?","image":"https://example.com/a.png"},
        "android":{"collapse_key":"k","priority":"HIGH","ttl":"3600.5s","restricted_package_name":"com.example","data":{"a":"b"},
          "notification":{"title":"t","body":"b","icon":"i","color":"#a1B2c3","sound":"s","tag":"t","click_action":"c","body_loc_key":"k",
            "body_loc_args":["1","2"],"title_loc_key":"k","title_loc_args":[],"channel_id":"chat","ticker":"t","sticky":true,
            "event_time":"2026-01-15T01:30:15.01Z","local_only":false,"notification_priority":"PRIORITY_HIGH","default_sound":true,
            "default_vibrate_timings":true,"default_light_settings":false,"vibrate_timings":["0.1s","2s"],"visibility":"PRIVATE",
            "notification_count":3,"light_settings":{"color":{"red":0.5,"green":0,"blue":1,"alpha":1},"light_on_duration":"1s",
            "light_off_duration":"2s"},"image":"https://example.com/b.png","bypass_proxy_notification":true,"proxy":"IF_PRIORITY_LOWERED"},
          "fcm_options":{"analytics_label":"spring"},"direct_boot_ok":true,"bandwidth_constrained_ok":true,"restricted_satellite_ok":true},
        "webpush":{"headers":{"TTL":"15"},"data":{"x":"y"},"notification":{"title":"t","actions":[1]},
          "fcm_options":{"link":"https://example.com","analytics_label":"l"}},
        "apns":{"headers":{"apns-priority":"10"},"payload":{"aps":{"sound":"default"},"n":[1,{"m":null}]},
          "fcm_options":{"analytics_label":"l","image":"https://example.com/c.png"},"live_activity_token":"abc"},
        "fcm_options":{"analytics_label":"l"}
        """;

    [Fact]
    public async Task Every_field_of_the_schema_is_known_in_snake_case()
    {
        var answer = await FcmPush.With(EveryField).SendAsync(fixture);

        Assert.Equal((200, ""), (answer.Status, answer.Status == 200 ? "" : answer.Body));
    }

    [Fact]
    public async Task Every_field_of_the_schema_is_known_in_camel_case()
    {
        var camel = System.Text.RegularExpressions.Regex.Replace(EveryField, "(?<=\"[a-z_]*)_([a-z])(?=[a-z_]*\":)", match => match.Groups[1].Value.ToUpperInvariant());
        Assert.Contains("\"bodyLocArgs\":", camel, StringComparison.Ordinal);

        var answer = await FcmPush.With(camel).SendAsync(fixture);

        Assert.Equal((200, ""), (answer.Status, answer.Status == 200 ? "" : answer.Body));
    }

    [Theory]
    [InlineData("\"android\":null")]
    [InlineData("\"data\":{}")]
    [InlineData("\"android\":{\"priority\":\"high\"}")]
    [InlineData("\"android\":{\"priority\":\"normal\",\"ttl\":\"0s\"}")]
    [InlineData("\"android\":{\"ttl\":\"2419200s\"}")]
    [InlineData("\"data\":{\"fromage\":\"brie\",\"gcm\u0041\":\"x\"}")]
    public async Task An_allowed_message_is_accepted(string fields) =>
        Assert.Equal(200, (await FcmPush.With(fields).SendAsync(fixture)).Status);

    [Theory]
    [InlineData("\"colour\":\"red\"", "message", "Unknown name \"colour\" at 'message'")]
    [InlineData("\"android\":{\"notification\":{\"titel\":\"x\"}}", "message.android.notification", "Unknown name \"titel\"")]
    [InlineData("\"data\":{\"a\":\"b\",\"n\":12}", "message.data[1].value", "(TYPE_STRING), 12")]
    [InlineData("\"data\":{\"n\":{\"m\":1}}", "message.data[0].value", "(TYPE_STRING)")]
    [InlineData("\"data\":[]", "message.data", "map")]
    [InlineData("\"notification\":{\"title\":true}", "message.notification.title", "(TYPE_STRING), true")]
    [InlineData("\"android\":{\"priority\":\"URGENT\"}", "message.android.priority", "(TYPE_ENUM), \"URGENT\"")]
    [InlineData("\"android\":{\"ttl\":3600}", "message.android.ttl", "protobuf.Duration")]
    [InlineData("\"android\":{\"ttl\":\"3600\"}", "message.android.ttl", "protobuf.Duration")]
    [InlineData("\"android\":{\"ttl\":\"1.1234567891s\"}", "message.android.ttl", "protobuf.Duration")]
    [InlineData("\"android\":{\"ttl\":\"2419201s\"}", "message.android.ttl", "time to live")]
    [InlineData("\"android\":{\"ttl\":\"-1s\"}", "message.android.ttl", "time to live")]
    [InlineData("\"android\":\"x\"", "message.android", "AndroidConfig")]
    [InlineData("\"android\":{\"direct_boot_ok\":\"yes\"}", "message.android.direct_boot_ok", "(TYPE_BOOL)")]
    [InlineData("\"android\":{\"notification\":{\"notification_count\":1.5}}", "message.android.notification.notification_count", "(TYPE_INT32)")]
    [InlineData("\"android\":{\"notification\":{\"color\":\"red\"}}", "message.android.notification.color", "#RRGGBB")]
    [InlineData("\"android\":{\"notification\":{\"event_time\":\"noon\"}}", "message.android.notification.event_time", "Timestamp")]
    [InlineData("\"android\":{\"notification\":{\"body_loc_args\":[\"a\",1]}}", "message.android.notification.body_loc_args[1]", "(TYPE_STRING), 1")]
    [InlineData("\"android\":{\"notification\":{\"vibrate_timings\":[\"1\"]}}", "message.android.notification.vibrate_timings[0]", "Duration")]
    [InlineData("\"android\":{\"notification\":{\"light_settings\":{}}}", "message.android.notification.light_settings", "required")]
    [InlineData("\"webpush\":{\"fcm_options\":{\"link\":\"http://example.com\"}}", "message.webpush.fcm_options.link", "HTTPS")]
    [InlineData("\"fcm_options\":{\"analytics_label\":\"a b\"}", "message.fcm_options.analytics_label", "label")]
    [InlineData("\"apns\":{\"payload\":[]}", "message.apns.payload", "Struct")]
    [InlineData("\"data\":{\"from\":\"x\"}", "message.data.from", "Invalid data payload key: from")]
    [InlineData("\"data\":{\"gcm\":\"x\"}", "message.data.gcm", "Invalid data payload key")]
    [InlineData("\"data\":{\"message_type\":\"x\"}", "message.data.message_type", "Invalid data payload key")]
    [InlineData("\"data\":{\"google.c\":\"x\"}", "message.data.google.c", "Invalid data payload key")]
    [InlineData("\"data\":{\"gcm.notification.a\":\"x\"}", "message.data.gcm.notification.a", "Invalid data payload key")]
    [InlineData("\"topic\":\"news\"", "message", "oneof")]
    public async Task A_wrong_field_is_named(string fields, string field, string description)
    {
        var answer = await FcmPush.With(fields).SendAsync(fixture);

        Assert.Equal(400, answer.Status);
        var violation = Violation(answer);
        Assert.Equal(field, violation.GetProperty("field").GetString());
        Assert.Contains(description, violation.GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"token":""}""")]
    [InlineData("""{"token":"with space"}""")]
    public async Task A_token_of_impossible_shape_is_blamed_on_the_token(string message)
    {
        var answer = await new FcmPush { Body = $$"""{"message":{{message}}}""" }.SendAsync(fixture);

        Assert.Equal("message.token", Violation(answer).GetProperty("field").GetString());
        Assert.Equal("The registration token is not a valid FCM registration token", answer.Json.GetProperty("error").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"message":{}}""")]
    [InlineData("""{"message":{"data":{"a":"b"}}}""")]
    public async Task A_message_for_nobody_is_refused(string body)
    {
        var answer = await new FcmPush { Body = body }.SendAsync(fixture);

        Assert.Equal("Recipient of the message is not set.", Violation(answer).GetProperty("description").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"message\":")]
    [InlineData("{} {}")]
    [InlineData("{\"message\":{\"token\":\"\\ud800\"}}")]
    public async Task What_is_no_json_object_is_refused_without_details(string body)
    {
        var answer = await new FcmPush { Body = body }.SendAsync(fixture);

        Assert.Equal(400, answer.Status);
        Assert.False(answer.Json.GetProperty("error").TryGetProperty("details", out _));
    }

    [Theory]
    [InlineData("""{"fid":"fGhIjKlMnOpQrStUvWxYz0"}""", 200)]
    [InlineData("""{"topic":"news-2026"}""", 200)]
    [InlineData("""{"topic":"/topics/news"}""", 400)]
    [InlineData("""{"condition":"'a' in topics && ('b' in topics || !('c' in topics))"}""", 200)]
    [InlineData("""{"condition":"'a' in topics||'b' in topics||'c' in topics||'d' in topics||'e' in topics"}""", 200)]
    [InlineData("""{"condition":"'a' in topics||'b' in topics||'c' in topics||'d' in topics||'e' in topics||'f' in topics"}""", 400)]
    [InlineData("""{"condition":"'a' in topics &&"}""", 400)]
    [InlineData("""{"condition":"!'a' in topics"}""", 400)]
    [InlineData("""{"condition":"('a' in topics"}""", 400)]
    [InlineData("""{"condition":"a in topics"}""", 400)]
    public async Task Other_targets_have_their_own_rules(string message, int status)
    {
        var answer = await new FcmPush { Body = $$"""{"message":{{message}}}""" }.SendAsync(fixture);

        Assert.Equal((status, ""), (answer.Status, answer.Status == status ? "" : answer.Body));
    }

    [Theory]
    [InlineData("\"data\":{\"k\":\"VALUE\"}", 4095, 200)]
    [InlineData("\"data\":{\"k\":\"VALUE\"}", 4096, 400)]
    [InlineData("\"android\":{\"data\":{\"k\":\"VALUE\"}}", 4095, 200)]
    [InlineData("\"android\":{\"data\":{\"k\":\"VALUE\"}}", 4096, 400)]
    [InlineData("\"notification\":{\"body\":\"VALUE\"}", 4092, 200)]
    [InlineData("\"notification\":{\"body\":\"VALUE\"}", 4093, 400)]
    [InlineData("\"android\":{\"notification\":{\"tag\":\"VALUE\"}}", 4093, 200)]
    [InlineData("\"android\":{\"notification\":{\"tag\":\"VALUE\"}}", 4094, 400)]
    [InlineData("\"data\":{\"k\":\"\\u0041VALUE\"}", 4094, 200)]
    [InlineData("\"data\":{\"k\":\"\\u0041VALUE\"}", 4095, 400)]
    [InlineData("\"webpush\":{\"data\":{\"k\":\"VALUE\"}}", 5000, 200)]
    [InlineData("\"apns\":{\"payload\":{\"k\":\"VALUE\"}}", 4088, 200)]
    [InlineData("\"apns\":{\"payload\":{\"k\":\"VALUE\"}}", 4089, 400)]
    public async Task Keys_and_values_may_have_4096_bytes(string fields, int length, int status)
    {
        var answer = await FcmPush.With(fields.Replace("VALUE", new string('v', length), StringComparison.Ordinal)).SendAsync(fixture);

        Assert.Equal(status, answer.Status);
        Assert.True(status == 200 || !answer.Json.GetProperty("error").TryGetProperty("details", out _));
    }

    [Theory]
    [InlineData(2047, 200)]
    [InlineData(2048, 400)]
    public async Task A_topic_message_may_have_2048_bytes(int length, int status)
    {
        var body = $$$$"""{"message":{"topic":"news","data":{"k":"{{{{new string('v', length)}}}}"}}}""";

        Assert.Equal(status, (await new FcmPush { Body = body }.SendAsync(fixture)).Status);
    }

    private static JsonElement Violation(Answer answer) => answer.Json.GetProperty("error").GetProperty("details").EnumerateArray()
        .Single(detail => detail.GetProperty("@type").GetString() == "type.googleapis.com/google.rpc.BadRequest")
        .GetProperty("fieldViolations")[0];
}
