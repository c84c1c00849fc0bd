using System.Buffers;
using System.Text;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Pushes;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Apns;

public sealed class ApnsPayloadTests
{
    [Fact]
    public void Every_neutral_field_has_its_place()
    {
        var push = ApnsPush(new()
        {
            Title = "Order 42",
            Subtitle = "Parcel",
            Body = "On its way",
            Image = "https://example.com/a.png",
            Sound = "default",
            Badge = 1,
        }) with
        {
            Data = new Dictionary<string, string> { ["orderId"] = "42" },
        };

        AssertJson(
            """
            {"aps":{"alert":{"title":"Order 42","subtitle":"Parcel","body":"On its way"},"badge":1,"sound":"default","mutable-content":1},
             "image":"https://example.com/a.png","orderId":"42"}
            """,
            Render(push));
    }

    [Fact]
    public void Absent_fields_are_not_rendered() =>
        AssertJson("""{"aps":{"alert":{"body":"Hi"}}}""", Render(ApnsPush(new() { Body = "Hi" })));

    [Fact]
    public void A_badge_of_zero_is_rendered() =>
        AssertJson("""{"aps":{"badge":0}}""", Render(ApnsPush(new() { Badge = 0 })));

    [Fact]
    public void A_push_with_nothing_to_show_wakes_the_app()
    {
        var push = ApnsPush() with { Data = new Dictionary<string, string> { ["sync"] = "1" } };

        AssertJson("""{"aps":{"content-available":1},"sync":"1"}""", Render(push));
    }

    [Fact]
    public void The_push_s_own_payload_is_merged_over_the_rendered_one()
    {
        var push = ApnsPush(new() { Title = "A", Body = "B", Sound = "default" }) with
        {
            Apns = new()
            {
                Payload = Json("""{"aps":{"interruption-level":"time-sensitive","sound":null,"alert":{"body":"C"}},"custom":{"n":[1,null]}}"""),
            },
        };

        AssertJson(
            """{"aps":{"alert":{"title":"A","body":"C"},"interruption-level":"time-sensitive"},"custom":{"n":[1,null]}}""",
            Render(push));
    }

    [Fact]
    public void An_alert_in_the_push_s_own_payload_makes_it_an_alert()
    {
        var push = ApnsPush() with { Apns = new() { Payload = Json("""{"aps":{"alert":"Hi"}}""") } };

        AssertJson("""{"aps":{"alert":"Hi"}}""", Render(push));
    }

    [Fact]
    public void Text_is_not_escaped_beyond_what_json_asks_for()
    {
        var body = Encoding.UTF8.GetString(Render(ApnsPush(new() { Body = "Grüße 👋 <b>&\"" })));

        Assert.Equal("""{"aps":{"alert":{"body":"Grüße 👋 <b>&\""}}}""", body);
    }

    [Fact]
    public void The_sound_of_a_live_activity_is_in_its_alert()
    {
        var push = ApnsPush(new() { Title = "A", Sound = "ring" }) with { Apns = new() { PushType = "liveactivity" } };

        AssertJson("""{"aps":{"alert":{"title":"A","sound":"ring"}}}""", Render(push));
    }

    [Theory]
    [InlineData("widgets", """{"aps":{"content-changed":true}}""")]
    [InlineData("controls", """{"aps":{"content-changed":true}}""")]
    [InlineData("location", """{"aps":{}}""")]
    public void Some_types_say_everything_by_themselves(string pushType, string body) =>
        AssertJson(body, Render(ApnsPush() with { Apns = new() { PushType = pushType } }));

    [Fact]
    public void A_pass_update_is_an_empty_object_and_an_mdm_push_its_magic_alone()
    {
        AssertJson("{}", Render(ApnsPush(), PassApp.BundleId));
        AssertJson("""{"mdm":"M"}""", Render(ApnsPush() with { Apns = new() { Payload = Json("""{"mdm":"M"}""") } }, MdmApp.BundleId));
    }

    [Fact]
    public void No_name_appears_twice_even_if_data_has_a_reserved_one()
    {
        var push = ApnsPush(new() { Title = "A", Image = "https://example.com/a.png" }) with
        {
            Data = new Dictionary<string, string> { ["aps"] = "x", ["image"] = "y" },
        };

        AssertJson("""{"aps":{"alert":{"title":"A"},"mutable-content":1},"image":"https://example.com/a.png"}""", Render(push));
    }

    private static byte[] Render(PushNotification push, string bundleId = "com.example.shop")
    {
        var output = new ArrayBufferWriter<byte>();
        ApnsPayload.Render(push, ApnsPushType.Of(push, bundleId), output);
        return output.WrittenSpan.ToArray();
    }
}
