using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Pushes;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Apns;

/// <summary>Bodies that APNs would refuse, delay or drop: each wrong member is pointed at.</summary>
public sealed class ApnsBodyRulesTests
{
    private const string Update = """{"timestamp":1,"event":"update","content-state":{}}""";
    private const string Start = """{"timestamp":1,"event":"start","content-state":{},"attributes-type":"T","attributes":{},"alert":"A"}""";

    public static TheoryData<string> Types => [.. ApnsTypeSamples.Names];

    [Theory]
    [MemberData(nameof(Types))]
    public void What_is_right_for_its_type_passes(string pushType) =>
        Assert.Empty(ApnsRules.Check(ApnsTypeSamples.Of(pushType), ShopApp));

    [Theory]
    [InlineData("alert", """{"aps":null}""", "/apns/pushType")]
    [InlineData("alert", """{"aps":[]}""", "/apns/payload/aps")]
    [InlineData("alert", """{"aps":{"content-available":1}}""", "/apns/pushType")]
    [InlineData("background", """{"aps":{"alert":"Hi"}}""", "/apns/pushType")]
    [InlineData("background", """{"aps":{"badge":1}}""", "/apns/pushType")]
    [InlineData("background", """{"aps":{"content-available":null}}""", "/apns/payload/aps/content-available")]
    [InlineData("background", """{"aps":{"content-available":0}}""", "/apns/payload/aps/content-available")]
    [InlineData("background", """{"aps":{"thread-id":"t"}}""", "/apns/payload/aps/thread-id")]
    [InlineData("background", """{"aps":{"a/b":1}}""", "/apns/payload/aps/a~1b")]
    [InlineData(null, """{"aps":{"mutable-content":1}}""", "/apns/payload/aps/mutable-content")]
    [InlineData("widgets", """{"aps":{"content-changed":false}}""", "/apns/payload/aps/content-changed")]
    [InlineData("widgets", """{"aps":{"content-changed":null}}""", "/apns/payload/aps/content-changed")]
    [InlineData("controls", """{"aps":{"alert":"Hi"}}""", "/apns/pushType")]
    [InlineData("location", """{"aps":{"sound":"default"}}""", "/apns/pushType")]
    public void A_body_that_does_not_fit_its_type_is_pointed_at(string? pushType, string payload, string at) =>
        AssertProblem(at, pushType, payload);

    [Theory]
    [InlineData("""{"aps":null}""", "/apns/payload/aps")]
    [InlineData("""{"aps":{}}""", "/apns/payload/aps/timestamp", "/apns/payload/aps/event")]
    [InlineData("""{"aps":{"timestamp":1,"event":"update"}}""", "/apns/payload/aps/content-state")]
    [InlineData("""{"aps":{"event":"end"}}""", "/apns/payload/aps/timestamp")]
    [InlineData("""{"aps":{"timestamp":1,"event":"end"}}""")]
    [InlineData("""{"aps":{"timestamp":1,"event":"end","dismissal-date":1790000000,"content-state":{}}}""")]
    [InlineData("""{"aps":{"timestamp":1,"event":"stop","content-state":{}}}""", "/apns/payload/aps/event")]
    [InlineData("""{"aps":{"timestamp":1,"event":7,"content-state":{}}}""", "/apns/payload/aps/event")]
    [InlineData("""{"aps":{"timestamp":1,"event":"update","content-state":"s"}}""", "/apns/payload/aps/content-state")]
    [InlineData("""{"aps":{"timestamp":"now","event":"end"}}""", "/apns/payload/aps/timestamp")]
    [InlineData("""{"aps":{"timestamp":1790000000000,"event":"end"}}""", "/apns/payload/aps/timestamp")]
    [InlineData("""{"aps":{"timestamp":1,"event":"update","content-state":{},"dismissal-date":1}}""", "/apns/payload/aps/dismissal-date")]
    [InlineData("""{"aps":{"timestamp":1,"event":"update","content-state":{},"attributes":{}}}""", "/apns/payload/aps/attributes")]
    [InlineData("""{"aps":{"timestamp":1,"event":"end","input-push-channel":"c"}}""", "/apns/payload/aps/input-push-channel")]
    [InlineData(
        """{"aps":{"timestamp":1,"event":"start","content-state":{}}}""",
        "/apns/payload/aps/alert", "/apns/payload/aps/attributes", "/apns/payload/aps/attributes-type")]
    [InlineData("""{"aps":{"timestamp":1,"event":"update","content-state":{},"alert":{"title":7}}}""", "/apns/payload/aps/alert/title")]
    public void A_live_activity_has_what_its_event_asks_for(string payload, params string[] pointers) =>
        AssertProblems(ApnsPush() with { Apns = new() { PushType = "liveactivity", Payload = Json(payload) } }, pointers);

    [Fact]
    public void The_neutral_alert_is_a_live_activity_s_too()
    {
        PushNotification Push(NotificationContent content, string aps) =>
            ApnsPush(content) with { Apns = new() { PushType = "liveactivity", Payload = Json($$"""{"aps":{{aps}} }""") } };

        AssertProblems(Push(Hello, Start.Replace(",\"alert\":\"A\"", "", StringComparison.Ordinal)));
        AssertProblems(Push(new() { Title = "A", Sound = "s" }, Update));
        AssertProblems(Push(new() { Subtitle = "S" }, Update), "/notification/subtitle");
        AssertProblems(Push(new() { Badge = 1 }, Update), "/notification/badge");
        AssertProblems(Push(new() { Title = "A", Image = "https://x.example/y" }, Update), "/notification/image");
    }

    [Theory]
    [InlineData("alert", "7")]
    [InlineData("badge", "\"1\"")]
    [InlineData("badge", "1.5")]
    [InlineData("sound", "1")]
    [InlineData("sound", """{"critical":true}""")]
    [InlineData("sound", """{"volume":2}""")]
    [InlineData("thread-id", "1")]
    [InlineData("category", "{}")]
    [InlineData("content-available", "true")]
    [InlineData("mutable-content", "\"1\"")]
    [InlineData("target-content-id", "[]")]
    [InlineData("interruption-level", "\"urgent\"")]
    [InlineData("interruption-level", "1")]
    [InlineData("relevance-score", "\"high\"")]
    [InlineData("relevance-score", "1.1")]
    [InlineData("relevance-score", "1e999")]
    [InlineData("filter-criteria", "1")]
    [InlineData("stale-date", "-1")]
    [InlineData("url-args", "[1]")]
    public void A_member_of_aps_of_the_wrong_kind_is_pointed_at(string name, string value) => AssertProblems(
        ApnsPush(Hello) with { Apns = new() { Payload = Json($$$"""{"aps":{"{{{name}}}":{{{value}}} }}""") } }, $"/apns/payload/aps/{name}");

    [Theory]
    [InlineData("title", "{}")]
    [InlineData("body", "1")]
    [InlineData("loc-args", "\"a\"")]
    [InlineData("title-loc-args", "[1]")]
    [InlineData("launch-image", "false")]
    public void A_member_of_the_alert_of_the_wrong_kind_is_pointed_at(string name, string value) => AssertProblems(
        ApnsPush() with { Apns = new() { Payload = Json($$$"""{"aps":{"alert":{"{{{name}}}":{{{value}}} } } }""") } }, $"/apns/payload/aps/alert/{name}");

    [Fact]
    public void What_apns_ignores_is_not_our_business() =>
        AssertProblems(ApnsPush(Hello) with { Apns = new() { Payload = Json("""{"aps":{"brand-new":[1],"alert":{"colour":"red"}},"k":null}""") } });

    private static void AssertProblem(string at, string? pushType, string payload) =>
        AssertProblems(ApnsPush() with { Apns = new() { PushType = pushType, Payload = Json(payload) } }, at);

    private static void AssertProblems(PushNotification push, params string[] pointers) =>
        Assert.Equal(pointers.Order(StringComparer.Ordinal), ApnsRules.Check(push, ShopApp).Select(problem => problem.JsonPointer).Order(StringComparer.Ordinal));
}
