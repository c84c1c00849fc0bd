using System.Buffers;
using System.Text;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Tests.Pushes;
using FsCheck;
using FsCheck.Fluent;
using static Dispatcher.Core.Tests.Providers.Samples;
using ConfiguredApp = Dispatcher.Core.Apps.ApnsApp;

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
            ShopApp));

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
        Assert.Empty(ApnsRules.Check(ApnsPush(Hello) with { CollapseKey = new('k', 64) }, ShopApp));
        AssertProblem("/collapseKey", ApnsPush(Hello) with { CollapseKey = new('k', 65) });
        AssertProblem("/apns/collapseId", ApnsPush(Hello) with { Apns = new() { CollapseId = new('k', 65) } });
    }

    [Theory]
    [InlineData(" order")]
    [InlineData("order ")]
    [InlineData("größe")]
    [InlineData("a\r\nb: c")]
    [InlineData("")]
    public void A_collapse_id_must_be_fit_for_a_header(string key) => AssertProblem("/collapseKey", ApnsPush(Hello) with { CollapseKey = key });

    [Theory]
    [InlineData("Alert")]
    [InlineData("")]
    [InlineData("alert\r\nx: y")]
    public void The_push_type_must_be_known(string pushType) =>
        AssertProblem("/apns/pushType", ApnsPush(Hello) with { Apns = new() { PushType = pushType } });

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(-5)]
    public void The_priority_is_10_5_or_1(int priority) =>
        AssertProblem("/apns/priority", ApnsPush(Hello) with { Apns = new() { Priority = priority } });

    [Fact]
    public void The_priority_of_a_background_push_is_5()
    {
        Assert.Empty(ApnsRules.Check(ApnsPush() with { Apns = new() { Priority = 5 } }, ShopApp));
        AssertProblem("/apns/priority", ApnsPush() with { Apns = new() { Priority = 10 } });
        AssertProblem("/apns/priority", ApnsPush() with { Apns = new() { Priority = 1 } });
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_790_000_000_000)]
    public void Expiration_is_in_seconds(long expiration) =>
        AssertProblem("/apns/expiration", ApnsPush(Hello) with { Apns = new() { Expiration = new(expiration) } });

    [Fact]
    public void A_push_that_would_be_over_before_it_is_due_is_refused()
    {
        var due = DateTimeOffset.FromUnixTimeSeconds(1_900_000_000);
        PushNotification Until(ApnsExpiration expiration) => ApnsPush(Hello) with { SendAt = due, Apns = new() { Expiration = expiration } };

        AssertProblem("/apns/expiration", Until(new(due.ToUnixTimeSeconds())));
        Assert.All([new(due.ToUnixTimeSeconds() + 1), new(0), ApnsExpiration.None], after => Assert.Empty(ApnsRules.Check(Until(after), ShopApp)));
    }

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
    [InlineData("complication", 4096)]
    [InlineData("voip", 5120)]
    public void The_rendered_body_has_a_limit_in_bytes(string pushType, int limit)
    {
        PushNotification PushOf(int bytes)
        {
            var push = ApnsPush(new() { Body = "ü" }) with { Apns = new() { PushType = pushType } };
            var output = new ArrayBufferWriter<byte>();
            ApnsPayload.Render(push, ApnsPushType.Find(pushType)!, output);
            return push with { Notification = new() { Body = "ü" + new string('x', bytes - output.WrittenCount) } };
        }

        Assert.Empty(ApnsRules.Check(PushOf(limit), ShopApp));
        AssertProblem("", PushOf(limit + 1));
    }

    [Theory]
    [InlineData("alert", true, true)]
    [InlineData("background", true, true)]
    [InlineData("voip", true, true)]
    [InlineData("complication", true, true)]
    [InlineData("fileprovider", true, true)]
    [InlineData("liveactivity", true, false)]
    [InlineData("pushtotalk", true, false)]
    [InlineData("location", true, false)]
    [InlineData("controls", true, false)]
    [InlineData("widgets", true, false)]
    public void Not_every_type_can_be_sent_with_a_certificate(string pushType, bool withKey, bool withCertificate)
    {
        bool Takes(ConfiguredApp app) => ApnsRules.Check(ApnsTypeSamples.Of(pushType), app).All(problem => problem.JsonPointer != "/apns/pushType");

        Assert.Equal((withKey, withCertificate), (Takes(ShopApp), Takes(CertificateApp)));
    }

    [Fact]
    public void A_pass_takes_an_empty_push_and_no_other()
    {
        Assert.Empty(ApnsRules.Check(ApnsPush(), PassApp));
        Assert.Empty(ApnsRules.Check(ApnsPush() with { Apns = new() { PushType = "background", Payload = Json("{}") } }, PassApp));
        Assert.True(ApnsRules.HasOwnContent(ApnsPush(), PassApp));
        AssertProblem("/apns/pushType", ApnsPush() with { Apns = new() { PushType = "voip" } }, PassApp);
        AssertProblem("/notification", ApnsPush(Hello), PassApp);
        AssertProblem("/data", ApnsPush() with { Data = Data("k") }, PassApp);
        AssertProblem("/apns/payload/aps", ApnsPush() with { Apns = new() { Payload = Json("""{"aps":{}}""") } }, PassApp);
    }

    [Fact]
    public void Mdm_takes_its_magic_with_a_certificate_and_nothing_else()
    {
        PushNotification Mdm(string payload) => ApnsPush() with { Apns = new() { PushType = "mdm", Payload = Json(payload) } };

        Assert.Empty(ApnsRules.Check(Mdm("""{"mdm":"M"}"""), MdmApp));
        Assert.Empty(ApnsRules.Check(Mdm("""{"mdm":"M"}""") with { Apns = new() { Payload = Json("""{"mdm":"M"}""") } }, MdmApp));
        AssertProblem("/apns/payload/mdm", Mdm("{}"), MdmApp);
        AssertProblem("/apns/payload/mdm", Mdm("""{"mdm":1}"""), MdmApp);
        AssertProblem("/apns/payload/aps", Mdm("""{"mdm":"M","aps":{}}"""), MdmApp);
        AssertProblem("/apns/pushType", Mdm("""{"mdm":"M"}"""), ShopApp);
        AssertProblem("/apns/pushType", Mdm("""{"mdm":"M"}"""), MdmApp with { Identity = ShopApp.Identity });
        AssertProblem("/apns/pushType", ApnsPush(Hello) with { Apns = new() { PushType = "alert" } }, MdmApp);
    }

    [Fact]
    public void A_broadcast_updates_or_ends_a_live_activity_and_nothing_else()
    {
        static PushNotification Broadcast(string word, ApnsOverrides? more = null) => ApnsPush() with
        {
            Target = Target.Channel("dHN0LXNyY2gtY2hubA=="),
            Apns = (more ?? new()) with
            {
                Payload = Json($$$"""{"aps":{"timestamp":1,"event":"{{{word}}}","content-state":{},"attributes-type":"T","attributes":{},"alert":"A"}}"""),
            },
        };

        AssertProblem("/apns/payload/aps/event", Broadcast("start"));
        Assert.Equal(
            ["/apns/payload/aps/attributes-type", "/apns/payload/aps/attributes"],
            ApnsRules.Check(Broadcast("update"), ShopApp).Select(problem => problem.JsonPointer));
        var update = Broadcast("update") with { Apns = new() { Payload = Json("""{"aps":{"timestamp":1,"event":"update","content-state":{}}}""") } };
        Assert.Empty(ApnsRules.Check(update, ShopApp));
        Assert.Empty(ApnsRules.Check(update with { CollapseKey = "for-the-others" }, CertificateApp));
        AssertProblem("/apns/pushType", update with { Apns = update.Apns with { PushType = "alert" } });
        AssertProblem("/apns/topic", update with { Apns = update.Apns with { Topic = "com.example.shop" } });
        AssertProblem("/apns/collapseId", update with { Apns = update.Apns with { CollapseId = "c" } });
        AssertProblem("/apns/expiration", update with { Apns = update.Apns with { Expiration = ApnsExpiration.None } });
        var large = Json($$$"""{"aps":{"timestamp":1,"event":"update","content-state":{"k":"{{{new string('x', 4990)}}}"} }}""");
        Assert.Empty(ApnsRules.Check(update with { Apns = new() { Payload = large } }, ShopApp));
        AssertProblem("", update with { Apns = new() { PushType = "liveactivity", Payload = large }, Target = Target.Token(HexToken) });
    }

    [Fact]
    public void Nonsense_is_answered_and_never_throws() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(
            RandomPushes.All.Zip(Gen.Elements(ApnsPushType.All.Select(type => type.Name).Append("nonsense").ToArray())).ToArbitrary(),
            sample =>
            {
                var push = sample.Item1 with { Apns = (sample.Item1.Apns ?? new()) with { PushType = sample.Item2 } };
                return ((ConfiguredApp[])[ShopApp, CertificateApp, PassApp, MdmApp]).All(app =>
                    ApnsRules.Check(push, app).All(problem => problem.JsonPointer is "" or ['/', ..] && problem.Message.Length > 0));
            }));

    [Fact]
    public void What_passes_can_be_sent() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(RandomPushes.All.ToArbitrary(), random =>
        {
            var push = random with { Target = Target.Token(HexToken) };
            if (ApnsRules.Check(push, ShopApp).Count > 0)
                return;
            var request = ApnsRequest.Create(
                push, ApnsPushType.Of(push, ShopApp.BundleId), new ApnsDestination(ShopApp, new()), "bearer jwt", Encoding.UTF8.GetBytes("{}"));
            Assert.All(HeadersOf(request), header => Assert.Matches("^[ -~]+$", header));
            Assert.True(HeadersOf(request).Count >= 5);
        }));

    private static Dictionary<string, string> Data(string key) => new() { [key] = "x" };

    private static void AssertProblem(string pointer, PushNotification push, ConfiguredApp? app = null) =>
        Assert.Equal(pointer, Assert.Single(ApnsRules.Check(push, app ?? ShopApp)).JsonPointer);
}
