using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Fcm;

public sealed class FcmRulesTests
{
    [Fact]
    public void A_usual_push_passes() =>
        Assert.Empty(FcmRules.Check(FcmPush(Hello) with
        {
            Data = new Dictionary<string, string> { ["orderId"] = "42", ["fromage"] = "1" },
            Fcm = Json("""{"fcmOptions":{"analyticsLabel":"x"},"android":{"notification":{"channelId":"y"}},"data":{"k":null}}"""),
        }));

    [Theory]
    [InlineData("from")]
    [InlineData("gcm")]
    [InlineData("message_type")]
    [InlineData("google.x")]
    [InlineData("google")]
    [InlineData("gcm.notification.x")]
    public void Data_may_not_use_fcm_s_own_keys(string key)
    {
        AssertProblem($"/data/{key}", FcmPush() with { Data = new Dictionary<string, string> { [key] = "1" } });
        AssertProblem($"/fcm/data/{key}", FcmPush() with { Fcm = Json($$$"""{"data":{"{{{key}}}":"1"}}""") });
        AssertProblem($"/fcm/android/data/{key}", FcmPush() with { Fcm = Json($$$$"""{"android":{"data":{"{{{{key}}}}":"1"}}}""") });
    }

    [Theory]
    [InlineData("token")]
    [InlineData("topic")]
    [InlineData("condition")]
    [InlineData("fid")]
    [InlineData("name")]
    public void The_message_may_not_address(string field) => AssertProblem($"/fcm/{field}", FcmPush() with { Fcm = Json($$"""{"{{field}}":"x"}""") });

    [Fact]
    public void The_size_has_a_limit_in_bytes_of_keys_and_values()
    {
        var fixedBytes = "body".Length;
        Assert.Empty(FcmRules.Check(FcmPush(new() { Body = new('x', 4096 - fixedBytes) })));
        AssertProblem("", FcmPush(new() { Body = new('x', 4097 - fixedBytes) }));
    }

    [Theory]
    [InlineData(TargetKind.Topic)]
    [InlineData(TargetKind.Condition)]
    public void The_size_is_half_of_that_for_a_topic(TargetKind kind)
    {
        var fixedBytes = "body".Length;
        var push = FcmPush() with { Target = new Target(kind, "news") };
        Assert.Empty(FcmRules.Check(push with { Notification = new() { Body = new('x', 2048 - fixedBytes) } }));
        AssertProblem("", push with { Notification = new() { Body = new('x', 2049 - fixedBytes) } });
    }

    [Fact]
    public void What_is_passed_on_to_apns_has_apns_limit()
    {
        var fits = new string('x', 4096 - """{"k":""}""".Length);
        Assert.Empty(FcmRules.Check(FcmPush() with { Fcm = Json($$$$"""{"apns":{"payload":{"k":"{{{{fits}}}}"}}}""") }));
        AssertProblem("/fcm/apns/payload", FcmPush() with { Fcm = Json($$$$"""{"apns":{"payload":{"k":"{{{{fits}}}}x"}}}""") });
    }

    private static void AssertProblem(string pointer, PushNotification push) =>
        Assert.Equal(pointer, Assert.Single(FcmRules.Check(push)).JsonPointer);
}
