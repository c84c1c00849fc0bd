using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Core.Pushes;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Apns;

public sealed class ApnsRequestTests
{
    [Fact]
    public void An_alert_has_these_headers_and_no_others()
    {
        var request = Create(ApnsPush(Hello));

        Assert.Equal("POST", request.Method);
        Assert.Equal($"/3/device/{HexToken}", request.Root + request.Rest);
        Assert.Equal(
            [
                "apns-id: 019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff", "apns-priority: 10", "apns-push-type: alert",
                "apns-topic: com.example.shop", "authorization: bearer jwt",
            ],
            HeadersOf(request));
    }

    [Fact]
    public void Apns_expiration_is_omitted_without_a_time_to_live() =>
        Assert.Null(HeaderOf(ApnsPush(Hello), "apns-expiration"));

    [Fact]
    public void Apns_expiration_zero_is_sent()
    {
        Assert.Equal("0", HeaderOf(ApnsPush(Hello) with { TimeToLive = 0 }, "apns-expiration"));
        Assert.Equal("0", HeaderOf(ApnsPush(Hello) with { TimeToLive = 60, Apns = new() { Expiration = new(0) } }, "apns-expiration"));
    }

    [Fact]
    public void Apns_expiration_counts_from_acceptance()
    {
        Assert.Equal("1790003600", HeaderOf(ApnsPush(Hello) with { TimeToLive = 3600 }, "apns-expiration"));
        Assert.Equal("1791111111", HeaderOf(ApnsPush(Hello) with { TimeToLive = 1, Apns = new() { Expiration = new(1_791_111_111) } }, "apns-expiration"));
    }

    [Theory]
    [InlineData("alert", "com.example.shop")]
    [InlineData("background", "com.example.shop")]
    [InlineData("voip", "com.example.shop.voip")]
    [InlineData("complication", "com.example.shop.complication")]
    [InlineData("fileprovider", "com.example.shop.pushkit.fileprovider")]
    [InlineData("liveactivity", "com.example.shop.push-type.liveactivity")]
    [InlineData("pushtotalk", "com.example.shop.voip-ptt")]
    [InlineData("location", "com.example.shop.location-query")]
    [InlineData("controls", "com.example.shop.push-type.controls")]
    [InlineData("widgets", "com.example.shop.push-type.widgets")]
    public void The_topic_follows_the_push_type(string pushType, string topic)
    {
        var push = ApnsPush() with { Apns = new() { PushType = pushType } };

        Assert.Equal((pushType, topic), (HeaderOf(push, "apns-push-type"), HeaderOf(push, "apns-topic")));
    }

    [Fact]
    public void The_suffix_of_complication_is_an_option()
    {
        var request = Create(ApnsPush() with { Apns = new() { PushType = "complication" } }, new() { ComplicationSuffix = ".h.complication" });

        Assert.Equal("com.example.shop.h.complication", Header(request, "apns-topic"));
    }

    [Fact]
    public void Apns_expiration_none_leaves_it_to_apns_whatever_the_time_to_live() =>
        Assert.Null(HeaderOf(ApnsPush(Hello) with { TimeToLive = 60, Apns = new() { Expiration = ApnsExpiration.None } }, "apns-expiration"));

    [Theory]
    [InlineData("location", "0", "10")]
    [InlineData("pushtotalk", "0", "10")]
    [InlineData("fileprovider", null, "5")]
    [InlineData("widgets", null, "10")]
    public void Some_types_have_defaults_of_their_own(string pushType, string? expiration, string priority)
    {
        var push = ApnsPush() with { Apns = new() { PushType = pushType } };

        Assert.Equal((expiration, priority), (HeaderOf(push, "apns-expiration"), HeaderOf(push, "apns-priority")));
        var own = push with { TimeToLive = 60, Apns = push.Apns with { Priority = 1 } };
        Assert.Equal(("1790000060", "1"), (HeaderOf(own, "apns-expiration"), HeaderOf(own, "apns-priority")));
    }

    [Fact]
    public void A_request_on_a_certificate_s_connection_has_no_authorization()
    {
        var request = Create(ApnsPush(Hello), authorization: null);

        Assert.Null(Header(request, "authorization"));
    }

    [Fact]
    public void A_broadcast_has_these_headers_and_no_others()
    {
        var request = Create(ApnsPush() with { Target = Target.Channel("dHN0LXNyY2gtY2hubA=="), CollapseKey = "game-7", Priority = PushPriority.Normal });

        Assert.Equal("/4/broadcasts/apps/com.example.shop", request.Root + request.Rest);
        Assert.Equal(
            [
                "apns-channel-id: dHN0LXNyY2gtY2hubA==", "apns-expiration: 0", "apns-priority: 5", "apns-push-type: liveactivity",
                "apns-request-id: 019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff", "authorization: bearer jwt",
            ],
            HeadersOf(request));
    }

    [Fact]
    public void The_push_s_own_topic_wins() =>
        Assert.Equal(
            "com.example.shop.watch",
            HeaderOf(ApnsPush(Hello) with { Apns = new() { PushType = "voip", Topic = "com.example.shop.watch" } }, "apns-topic"));

    [Theory]
    [InlineData(null, null, "10")]
    [InlineData(PushPriority.High, null, "10")]
    [InlineData(PushPriority.Normal, null, "5")]
    [InlineData(PushPriority.High, 1, "1")]
    public void The_priority_of_an_alert(PushPriority? neutral, int? own, string expected) =>
        Assert.Equal(expected, HeaderOf(ApnsPush(Hello) with { Priority = neutral, Apns = new() { Priority = own } }, "apns-priority"));

    [Theory]
    [InlineData(null)]
    [InlineData(PushPriority.High)]
    [InlineData(PushPriority.Normal)]
    public void A_background_push_has_priority_5_whatever_was_asked_for(PushPriority? neutral)
    {
        var push = ApnsPush() with { Priority = neutral };

        Assert.Equal(("background", "5"), (HeaderOf(push, "apns-push-type"), HeaderOf(push, "apns-priority")));
    }

    [Fact]
    public void The_collapse_id_is_the_push_s_own_or_the_neutral_key()
    {
        Assert.Null(HeaderOf(ApnsPush(Hello), "apns-collapse-id"));
        Assert.Equal("order-42", HeaderOf(ApnsPush(Hello) with { CollapseKey = "order-42" }, "apns-collapse-id"));
        Assert.Equal(
            "room", HeaderOf(ApnsPush(Hello) with { CollapseKey = "order-42", Apns = new() { CollapseId = "room" } }, "apns-collapse-id"));
    }

    private static string? HeaderOf(PushNotification push, string name)
    {
        var request = Create(push);
        return Header(request, name);
    }

    private static Http2Request Create(PushNotification push, ApnsOptions? options = null, string? authorization = "bearer jwt") =>
        ApnsRequest.Create(
            push,
            ApnsPushType.Of(push, "com.example.shop"),
            new ApnsDestination(ShopApp, options ?? new() { Endpoint = new("https://push.example") }),
            authorization,
            "{}"u8.ToArray());
}
