using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Pushes;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Apns;

public sealed class ApnsRulesTests
{
    [Fact]
    public void A_usual_push_passes() =>
        Assert.Empty(ApnsRules.Check(
            ApnsPush(Hello) with
            {
                CollapseKey = "order-42",
                Data = new Dictionary<string, string> { ["image"] = "1" },
                Apns = new() { PushType = "alert", Priority = 1, Topic = "com.example.shop.watch", Payload = Json("{}") },
            },
            ApnsApp));

    [Fact]
    public void Data_may_not_use_aps() => AssertProblem("/data/aps", ApnsPush(Hello) with { Data = Data("aps") });

    [Fact]
    public void Data_may_not_use_image_beside_an_image() =>
        AssertProblem("/data/image", ApnsPush(Hello with { Image = "https://example.com/a.png" }) with { Data = Data("image") });

    [Fact]
    public void An_image_needs_text() => AssertProblem("/notification/image", ApnsPush(new() { Image = "https://example.com/a.png" }));

    [Fact]
    public void A_collapse_id_has_64_bytes_at_most()
    {
        Assert.Empty(ApnsRules.Check(ApnsPush(Hello) with { CollapseKey = new('k', 64) }, ApnsApp));
        AssertProblem("/collapseKey", ApnsPush(Hello) with { CollapseKey = new('k', 65) });
        AssertProblem("/apns/collapseId", ApnsPush(Hello) with { Apns = new() { CollapseId = new('k', 65) } });
    }

    [Theory]
    [InlineData("größe")]
    [InlineData("a\r\nb: c")]
    [InlineData("")]
    public void A_collapse_id_must_be_fit_for_a_header(string key) => AssertProblem("/collapseKey", ApnsPush(Hello) with { CollapseKey = key });

    [Theory]
    [InlineData("Alert")]
    [InlineData("mdm")]
    [InlineData("")]
    public void The_push_type_must_be_known(string pushType) =>
        AssertProblem("/apns/pushType", ApnsPush(Hello) with { Apns = new() { PushType = pushType } });

    [Fact]
    public void A_background_push_shows_nothing() =>
        AssertProblem("/apns/pushType", ApnsPush(Hello) with { Apns = new() { PushType = "background" } });

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(-5)]
    public void The_priority_is_10_5_or_1(int priority) =>
        AssertProblem("/apns/priority", ApnsPush(Hello) with { Apns = new() { Priority = priority } });

    [Fact]
    public void The_priority_of_a_background_push_is_5()
    {
        Assert.Empty(ApnsRules.Check(ApnsPush() with { Apns = new() { Priority = 5 } }, ApnsApp));
        AssertProblem("/apns/priority", ApnsPush() with { Apns = new() { Priority = 10 } });
    }

    [Fact]
    public void Expiration_is_not_negative() => AssertProblem("/apns/expiration", ApnsPush(Hello) with { Apns = new() { Expiration = -1 } });

    [Theory]
    [InlineData("com.other.bank")]
    [InlineData("com.example.shopping")]
    [InlineData("com.example.shop.a\nb")]
    public void A_topic_of_another_app_is_refused(string topic) =>
        AssertProblem("/apns/topic", ApnsPush(Hello) with { Apns = new() { Topic = topic } });

    [Fact]
    public void The_payload_must_be_an_object() =>
        AssertProblem("/apns/payload", ApnsPush(Hello) with { Apns = new() { Payload = Json("[]") } });

    [Theory]
    [InlineData("alert", 4096)]
    [InlineData("voip", 5120)]
    public void The_rendered_body_has_a_limit_in_bytes(string pushType, int limit)
    {
        PushNotification PushOf(int bytes)
        {
            var push = ApnsPush(new() { Body = "" }) with { Apns = new() { PushType = pushType } };
            return push with { Notification = new() { Body = new('x', bytes - ApnsPayload.Measure(push)) } };
        }

        Assert.Empty(ApnsRules.Check(PushOf(limit), ApnsApp));
        AssertProblem("", PushOf(limit + 1));
    }

    private static Dictionary<string, string> Data(string key) => new() { [key] = "x" };

    private static void AssertProblem(string pointer, PushNotification push) =>
        Assert.Equal(pointer, Assert.Single(ApnsRules.Check(push, ApnsApp)).JsonPointer);
}
