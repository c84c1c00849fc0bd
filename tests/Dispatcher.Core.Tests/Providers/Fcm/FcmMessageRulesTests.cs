using System.Globalization;
using System.Text.Json;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Tests.Pushes;
using FsCheck;
using FsCheck.Fluent;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Fcm;

/// <summary>FCM's schema at the door: what is wrong with <c>fcm</c> is pointed at, whichever spelling it uses.</summary>
public sealed class FcmMessageRulesTests
{
    /// <summary>Every field there is.</summary>
    public const string Everything = """
        {"data":{"k":"v"},"notification":{"title":"T","body":"B","image":"https://x.example/i.png"},
         "android":{"collapse_key":"c","priority":"HIGH","ttl":"3600s","restricted_package_name":"com.example","data":{"k":"w"},
           "direct_boot_ok":true,"bandwidth_constrained_ok":true,"restricted_satellite_ok":false,"fcm_options":{"analytics_label":"a-b_c.d~e%"},
           "notification":{"title":"T","body":"B","icon":"i","color":"#00fFaA","sound":"s","tag":"t","click_action":"c","body_loc_key":"k",
             "body_loc_args":["1","2"],"title_loc_key":"k","title_loc_args":[],"channel_id":"c","ticker":"t","sticky":true,
             "event_time":"2026-12-01T08:00:00.5Z","local_only":true,"notification_priority":"PRIORITY_MAX","default_sound":true,
             "default_vibrate_timings":false,"default_light_settings":false,"vibrate_timings":["1s","0.5s"],"visibility":"SECRET",
             "notification_count":3,"light_settings":{"color":{"red":1,"green":0.5,"blue":0,"alpha":1},"light_on_duration":"1s","light_off_duration":"2.5s"},
             "image":"https://x.example/i.png","bypass_proxy_notification":true,"proxy":"IF_PRIORITY_LOWERED"}},
         "webpush":{"headers":{"TTL":"15"},"data":{"k":"v"},"notification":{"title":"T","actions":[1]},
           "fcm_options":{"link":"https://x.example","analytics_label":"l"}},
         "apns":{"headers":{"apns-priority":"5"},"payload":{"aps":{"badge":1},"k":[1]},"live_activity_token":"7f3a",
           "fcm_options":{"analytics_label":"l","image":"https://x.example/i.png"}},
         "fcm_options":{"analytics_label":"l"}}
        """;

    [Fact]
    public void Every_field_passes_in_both_spellings()
    {
        Assert.Empty(Problems(Everything));
        Assert.Empty(Problems(ToCamelCase(Everything)));
    }

    [Fact]
    public void Null_passes_everywhere() => Assert.Empty(Problems(
        """{"data":{"k":null},"notification":null,"android":{"ttl":null,"notification":{"color":null,"light_settings":null,"body_loc_args":null}},"apns":{"payload":null}}"""));

    [Theory]
    [InlineData("1", "", "must be an object")]
    [InlineData("""{"android":1}""", "/android", "must be an object")]
    [InlineData("""{"android":{"notification":[]}}""", "/android/notification", "must be an object")]
    [InlineData("""{"Android":{}}""", "/Android", "is not a field of FCM's message")]
    [InlineData("""{"and/roid":{}}""", "/and~1roid", "is not a field of FCM's message")]
    [InlineData("""{"":{}}""", "/", "is not a field of FCM's message")]
    [InlineData("""{"topic":"news"}""", "/topic", "must not be here: the target is in 'to'")]
    [InlineData("""{"validateOnly":true}""", "/validateOnly", "must not be here: validateOnly stands beside 'to'")]
    [InlineData("""{"android":{"topic":"news"}}""", "/android/topic", "is not a field of FCM's AndroidConfig")]
    [InlineData("""{"android":{"notification":{"subtitle":"x"}}}""", "/android/notification/subtitle", "is not a field of FCM's AndroidNotification")]
    [InlineData("""{"webpush":{"fcm_options":{"image":"x"}}}""", "/webpush/fcm_options/image", "is not a field of FCM's WebpushFcmOptions")]
    [InlineData("""{"android":{"ttl":"1s","notification":{"channelId":"a","channel_id":"b"}}}""", "/android/notification/channel_id", "is there twice; channel_id has two spellings")]
    public void Names_have_to_be_fcm_s(string json, string at, string problem) => AssertProblem(json, at, problem);

    [Theory]
    [InlineData("notification/title", "1", "must be a string")]
    [InlineData("android/collapse_key", "{}", "must be a string")]
    [InlineData("android/direct_boot_ok", "\"true\"", "must be true or false")]
    [InlineData("android/bandwidth_constrained_ok", "1", "must be true or false")]
    [InlineData("android/restrictedSatelliteOk", "\"\"", "must be true or false")]
    [InlineData("android/priority", "\"URGENT\"", "must be one of NORMAL, HIGH, normal, high")]
    [InlineData("android/priority", "10", "must be one of NORMAL, HIGH, normal, high")]
    [InlineData("android/ttl", "3600", "must be seconds with an s, such as \"3600s\" or \"1.5s\"")]
    [InlineData("android/ttl", "\"3600\"", "must be seconds with an s, such as \"3600s\" or \"1.5s\"")]
    [InlineData("android/ttl", "\"-1s\"", "must be seconds with an s, such as \"3600s\" or \"1.5s\"")]
    [InlineData("android/ttl", "\"1.0000000001s\"", "must be seconds with an s, such as \"3600s\" or \"1.5s\"")]
    [InlineData("android/ttl", "\"1s\\n\"", "must be seconds with an s, such as \"3600s\" or \"1.5s\"")]
    [InlineData("android/ttl", "\"2419201s\"", "may have at most \"2419200s\", not \"2419201s\"")]
    [InlineData("android/ttl", "\"2419200.1s\"", "may have at most \"2419200s\", not \"2419200.1s\"")]
    [InlineData("android/notification/color", "\"red\"", "must be a colour as #rrggbb")]
    [InlineData("android/notification/color", "\"#12345g\"", "must be a colour as #rrggbb")]
    [InlineData("android/notification/notification_count", "1.5", "must be a whole number of 32 bits")]
    [InlineData("android/notification/notificationCount", "2147483648", "must be a whole number of 32 bits")]
    [InlineData("android/notification/notification_count", "\"1\"", "must be a whole number of 32 bits")]
    [InlineData("android/notification/event_time", "\"2026-12-01\"", "must be an instant as RFC 3339 has it, such as \"2026-12-01T08:00:00Z\"")]
    [InlineData("android/notification/event_time", "\"2026-13-01T08:00:00Z\"", "must be an instant as RFC 3339 has it, such as \"2026-12-01T08:00:00Z\"")]
    [InlineData("android/notification/event_time", "1790000000", "must be an instant as RFC 3339 has it, such as \"2026-12-01T08:00:00Z\"")]
    [InlineData("android/notification/visibility", "\"VISIBLE\"", "must be one of VISIBILITY_UNSPECIFIED, PRIVATE, PUBLIC, SECRET")]
    [InlineData("android/notification/proxy", "\"allow\"", "must be one of PROXY_UNSPECIFIED, ALLOW, DENY, IF_PRIORITY_LOWERED")]
    [InlineData("android/notification/body_loc_args", "\"x\"", "must be an array")]
    [InlineData("android/notification/sticky", "0", "must be true or false")]
    [InlineData("android/data", "[]", "must be an object")]
    [InlineData("webpush/headers", "\"TTL: 15\"", "must be an object")]
    [InlineData("webpush/notification", "\"x\"", "must be an object")]
    [InlineData("webpush/fcm_options/link", "\"http://x.example\"", "must be an https URL")]
    [InlineData("notification/image", "\"http://x.example/y\"", "must be an absolute https URL")]
    [InlineData("android/notification/image", "\"/y.png\"", "must be an absolute https URL")]
    [InlineData("apns/fcm_options/image", "\"data:image/png;base64,\"", "must be an absolute https URL")]
    [InlineData("webpush/headers/TTL", "\"1h\"", "must be a number of seconds, such as \"60\"")]
    [InlineData("webpush/headers/ttl", "\"-1\"", "must be a number of seconds, such as \"60\"")]
    [InlineData("webpush/headers/Urgency", "\"highest\"", "must be very-low, low, normal or high")]
    [InlineData("webpush/headers/Topic", "\"123456789012345678901234567890123\"", "must have 1 to 32 characters, not 33")]
    [InlineData("webpush/headers/Topic", "\"a b\"", "may have the characters a-z A-Z 0-9 - _ only")]
    [InlineData("apns/headers/apns-priority", "\"7\"", "must be \"10\", \"5\" or \"1\"")]
    [InlineData("apns/headers/APNS-Push-Type", "\"alarm\"", "must be a push type of APNs")]
    [InlineData("apns/headers/apns-expiration", "\"soon\"", "must be Unix seconds, or \"0\" for one attempt")]
    [InlineData("apns/headers/apns-collapse-id", "\"12345678901234567890123456789012345678901234567890123456789012éé\"", "must have 1 to 64 bytes, not 66")]
    [InlineData("apns/payload/aps/badge", "\"1\"", "must be a whole number")]
    [InlineData("apns/payload/aps/interruption-level", "\"urgent\"", "must be passive, active, time-sensitive or critical")]
    [InlineData("apns/payload/aps/alert/loc-args", "\"x\"", "must be an array of strings")]
    [InlineData("apns/payload", "\"x\"", "must be an object")]
    [InlineData("apns/payload/aps", "\"x\"", "must be an object")]
    [InlineData("apns/live_activity_token", "1", "must be a string")]
    [InlineData("fcm_options/analytics_label", "\"\"", "must have 1 to 50 characters, not 0")]
    [InlineData("fcm_options/analytics_label", "\"123456789012345678901234567890123456789012345678901\"", "must have 1 to 50 characters, not 51")]
    [InlineData("fcmOptions/analyticsLabel", "\"a b\"", "may have the characters a-z A-Z 0-9 - _ . ~ % only")]
    public void Values_have_to_be_of_their_kind(string field, string value, string problem) =>
        AssertProblem(Nested(field, value), $"/{field}", problem);

    [Theory]
    [InlineData("android/notification/body_loc_args", "[\"x\",1]", "/1", "must be a string")]
    [InlineData("android/notification/title_loc_args", "[null]", "/0", "must be a string")]
    [InlineData("android/notification/vibrate_timings", "[\"1s\",\"1\"]", "/1", "must be seconds with an s, such as \"3600s\" or \"1.5s\"")]
    [InlineData("android/notification/light_settings", """{"color":{"red":2},"light_on_duration":"1s","light_off_duration":"1s"}""", "/color/red", "must be a number from 0 to 1")]
    [InlineData("android/notification/light_settings", """{"color":{"red":"1"},"light_on_duration":"1s","light_off_duration":"1s"}""", "/color/red", "must be a number from 0 to 1")]
    [InlineData("android/notification/light_settings", """{"color":{},"light_on_duration":"1s"}""", "/light_off_duration", "is missing: FCM's LightSettings needs it")]
    [InlineData("android/notification/lightSettings", """{"color":null,"lightOnDuration":"1s","lightOffDuration":"1s"}""", "/color", "is missing: FCM's LightSettings needs it")]
    [InlineData("webpush/headers", """{"TTL":15}""", "/TTL", "must be a string")]
    [InlineData("apns/headers", """{"apns-priority":5}""", "/apns-priority", "must be a string")]
    [InlineData("android/data", """{"k":1}""", "/k", "must be a string")]
    [InlineData("data", """{"google.x":"1"}""", "/google.x", "is one of FCM's own keys")]
    public void What_is_wrong_within_a_value_is_pointed_at(string field, string value, string within, string problem) =>
        AssertProblem(Nested(field, value), $"/{field}{within}", problem);

    [Theory]
    [InlineData("""{"apns":{"headers":{"apns-push-type":"background","apns-priority":"5"}}}""", true)]
    [InlineData("""{"apns":{"headers":{"apns-push-type":"background"}}}""", true)]
    [InlineData("""{"apns":{"headers":{"apns-push-type":"alert","apns-priority":"10"}}}""", true)]
    [InlineData("""{"apns":{"headers":{"apns-push-type":"background","apns-priority":"10"}}}""", false)]
    [InlineData("""{"apns":{"headers":{"APNS-Push-Type":"background","apns-priority":"1"}}}""", false)]
    public void A_background_push_has_priority_5_on_its_way_to_apple_too(string json, bool isRight) =>
        Assert.Equal(isRight ? [] : ["/fcm/apns/headers/apns-priority"], Problems(json).Select(problem => problem.At));

    /// <summary>FCM passes them on, and knows them better than we.</summary>
    [Fact]
    public void What_is_right_for_apple_and_the_web_passes() => Assert.Empty(Problems(
        """
        { "apns": { "headers": { "apns-priority": "5", "apns-expiration": "0", "apns-collapse-id": "1234567890123456789012345678901234567890123456789012345678901234", "x-own": "" },
                    "payload": { "aps": { "badge": 0, "alert": { "title": { "loc-key": "k" }, "sound": "default" }, "sound": null, "own": {} }, "own": 1 }, "live_activity_token": "80ab" },
          "webpush": { "headers": { "TTL": "0", "Urgency": "very-low", "Topic": "12345678901234567890123456789012" } } }
        """));

    [Fact]
    public void Everything_wrong_is_listed() =>
        Assert.Equal(
            ["/fcm/colour", "/fcm/android/ttl", "/fcm/android/data/k", "/fcm/android/notification/sticky"],
            Problems("""{"colour":1,"android":{"ttl":1,"data":{"k":1},"notification":{"sticky":1}}}""").Select(problem => problem.At));

    [Fact]
    public void No_nonsense_is_too_much()
    {
        string[] names = ["data", "android", "notification", "apns", "payload", "webpush", "headers", "ttl", "lightSettings", "color", "vibrate_timings", "x"];
        var value = Nonsense(names, depth: 5);
        Prop.ForAll(Arb.From(value), json => FcmRules.Check(FcmPush() with { Fcm = JsonElement.Parse(json) }).Count >= 0).QuickCheckThrowOnFailure();
        Prop.ForAll(Arb.From(RandomPushes.All), push => FcmRules.Check(push).Count >= 0).QuickCheckThrowOnFailure();
    }

    private static Gen<string> Nonsense(string[] names, int depth)
    {
        var scalar = Gen.Elements("1", "-1e999", "\"\"", "\"1s\"", "\"#000000\"", "true", "null", "[]", "{}", "\"2026-12-01T08:00:00Z\"");
        if (depth == 0)
            return scalar;
        var inner = Nonsense(names, depth - 1);
        return Gen.Frequency(
            (1, scalar),
            (1, inner.ListOf().Select(items => $"[{string.Join(',', items)}]")),
            (4, Gen.Elements(names).Zip(inner).ListOf().Select(members =>
                $"{{{string.Join(',', members.DistinctBy(member => member.Item1).Select(member => $"\"{member.Item1}\":{member.Item2}"))}}}")));
    }

    private static string Nested(string field, string value) =>
        field.Split('/').Reverse().Aggregate(value, (inner, name) => $$"""{"{{name}}":{{inner}}}""");

    private static string ToCamelCase(string json) =>
        System.Text.RegularExpressions.Regex.Replace(json, "_([a-z])(?=[a-z_]*\":)", match => match.Groups[1].Value.ToUpperInvariant());

    /// <summary>What must be something, is said not to be what it is.</summary>
    private static void AssertProblem(string json, string at, string problem)
    {
        JsonElement Actual() => at.Split('/').Skip(1).Aggregate(
            Json(json),
            (parent, step) => parent.ValueKind == JsonValueKind.Array ? parent[int.Parse(step, CultureInfo.InvariantCulture)] : parent.GetProperty(step));
        var expected = problem.StartsWith("must be", StringComparison.Ordinal) ? $"{problem}, not {Actual().Describe()}" : problem;

        Assert.Equal([($"/fcm{at}", expected)], Problems(json));
    }

    private static List<(string At, string Problem)> Problems(string json) =>
        [.. FcmRules.Check(FcmPush(Hello) with { Fcm = Json(json) }).Select(problem => (problem.JsonPointer, problem.Message))];
}
