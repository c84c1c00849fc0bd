using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Apns;

public sealed class ApnsAnswerTests
{
    [Theory]
    [InlineData(400, "BadCollapseId", OutcomeKind.Rejected)]
    [InlineData(400, "BadDeviceToken", OutcomeKind.Rejected)]
    [InlineData(400, "BadExpirationDate", OutcomeKind.Rejected)]
    [InlineData(400, "BadMessageId", OutcomeKind.Rejected)]
    [InlineData(400, "BadPriority", OutcomeKind.Rejected)]
    [InlineData(400, "BadTopic", OutcomeKind.Misconfigured)]
    [InlineData(400, "DeviceTokenNotForTopic", OutcomeKind.Rejected)]
    [InlineData(400, "DuplicateHeaders", OutcomeKind.Rejected)]
    [InlineData(400, "IdleTimeout", OutcomeKind.NotSent)]
    [InlineData(400, "InvalidPushType", OutcomeKind.Rejected)]
    [InlineData(400, "MissingDeviceToken", OutcomeKind.Rejected)]
    [InlineData(400, "MissingTopic", OutcomeKind.Rejected)]
    [InlineData(400, "PayloadEmpty", OutcomeKind.Rejected)]
    [InlineData(400, "TopicDisallowed", OutcomeKind.Misconfigured)]
    [InlineData(400, "ExpiredToken", OutcomeKind.Unregistered)]
    [InlineData(403, "BadCertificate", OutcomeKind.Misconfigured)]
    [InlineData(403, "BadCertificateEnvironment", OutcomeKind.Misconfigured)]
    [InlineData(403, "ExpiredProviderToken", OutcomeKind.NotSent)]
    [InlineData(403, "Forbidden", OutcomeKind.Misconfigured)]
    [InlineData(403, "InvalidProviderToken", OutcomeKind.Misconfigured)]
    [InlineData(403, "MissingProviderToken", OutcomeKind.Misconfigured)]
    [InlineData(403, "UnrelatedKeyIdInToken", OutcomeKind.Unavailable)]
    [InlineData(403, "BadEnvironmentKeyIdInToken", OutcomeKind.Misconfigured)]
    [InlineData(403, "BadEnvironmentKeyInToken", OutcomeKind.Misconfigured)]
    [InlineData(404, "BadPath", OutcomeKind.Rejected)]
    [InlineData(405, "MethodNotAllowed", OutcomeKind.Rejected)]
    [InlineData(410, "ExpiredToken", OutcomeKind.Unregistered)]
    [InlineData(410, "Unregistered", OutcomeKind.Unregistered)]
    [InlineData(413, "PayloadTooLarge", OutcomeKind.Rejected)]
    [InlineData(429, "TooManyProviderTokenUpdates", OutcomeKind.Throttled)]
    [InlineData(429, "TooManyRequests", OutcomeKind.Throttled)]
    [InlineData(500, "InternalServerError", OutcomeKind.Unavailable)]
    [InlineData(503, "ServiceUnavailable", OutcomeKind.Unavailable)]
    [InlineData(503, "Shutdown", OutcomeKind.Unavailable)]
    [InlineData(400, "MissingChannelId", OutcomeKind.Rejected)]
    [InlineData(400, "BadChannelId", OutcomeKind.Rejected)]
    [InlineData(400, "ChannelNotRegistered", OutcomeKind.Rejected)]
    [InlineData(400, "BadRequestParams", OutcomeKind.Rejected)]
    [InlineData(400, "BadRequestPayload", OutcomeKind.Rejected)]
    [InlineData(400, "MissingPushType", OutcomeKind.Rejected)]
    [InlineData(400, "CannotCreateChannelConfig", OutcomeKind.Rejected)]
    [InlineData(400, "FeatureNotEnabled", OutcomeKind.Rejected)]
    [InlineData(400, "BroadcastFeatureNotEnabled", OutcomeKind.Rejected)]
    [InlineData(403, "TopicMismatch", OutcomeKind.Misconfigured)]
    public void Every_documented_reason_has_its_row(int status, string reason, OutcomeKind expected)
    {
        var (outcome, row) = Read(status, $$"""{"reason":"{{reason}}"}""");

        Assert.Equal((expected, reason, status, reason), (outcome.Kind, outcome.Reason, outcome.Status, row?.Name));
    }

    [Fact]
    public void No_row_is_without_its_case()
    {
        var cases = typeof(ApnsAnswerTests).GetMethod(nameof(Every_documented_reason_has_its_row))!.GetCustomAttributesData()
            .Where(data => data.AttributeType == typeof(InlineDataAttribute))
            .Select(data => ((IEnumerable<System.Reflection.CustomAttributeTypedArgument>)data.ConstructorArguments[0].Value!).ElementAt(1).Value);

        Assert.Equal(ApnsReasons.All.Select(reason => reason.Name).Order(StringComparer.Ordinal), cases.Cast<string>().Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("BadDeviceToken", false, "no token of the production environment, which app 'shop-ios' is configured for; tokens of the other belong to an app with Environment sandbox")]
    [InlineData("BadDeviceToken", true, "no token of the sandbox environment, which app 'shop-ios' is configured for; tokens of the other belong to an app with Environment production")]
    [InlineData("DeviceTokenNotForTopic", false, "the token belongs to another app than the topic 'com.example.shop.voip'")]
    [InlineData("TopicDisallowed", false, "the key or certificate of app 'shop-ios' may not send to the topic 'com.example.shop.voip'")]
    [InlineData("BadEnvironmentKeyInToken", false, "the key or certificate of app 'shop-ios' is not for the production environment")]
    [InlineData("PayloadTooLarge", false, null)]
    public void A_refusal_that_is_somebody_s_setting_names_the_likely_cause(string reason, bool sandbox, string? detail)
    {
        var push = ApnsPush() with { Apns = new() { PushType = "voip" } };
        var (outcome, _) = ApnsAnswer.Read(Answer(400, $$"""{"reason":"{{reason}}"}"""), ShopApp with { Sandbox = sandbox }, push, AcceptedAt);

        Assert.Equal(detail, outcome.Detail);
        Assert.DoesNotContain(HexToken, outcome.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_broadcast_no_channel_is_reported_as_a_dead_token()
    {
        var push = ApnsPush() with { Target = Target.Channel("dHN0") };
        var (outcome, _) = ApnsAnswer.Read(Answer(410, """{"reason":"Gone"}"""), ShopApp, push, AcceptedAt);

        Assert.Equal(OutcomeKind.Rejected, outcome.Kind);
    }

    [Theory]
    [InlineData(400, OutcomeKind.Rejected)]
    [InlineData(403, OutcomeKind.Misconfigured)]
    [InlineData(404, OutcomeKind.Misconfigured)]
    [InlineData(410, OutcomeKind.Unregistered)]
    [InlineData(418, OutcomeKind.Rejected)]
    [InlineData(429, OutcomeKind.Throttled)]
    [InlineData(500, OutcomeKind.Unavailable)]
    [InlineData(599, OutcomeKind.Unavailable)]
    [InlineData(302, OutcomeKind.Unavailable)]
    public void An_unknown_reason_is_classified_by_its_status(int status, OutcomeKind expected)
    {
        var (outcome, row) = Read(status, """{"reason":"SomethingNew"}""");

        Assert.Equal((expected, "SomethingNew", null), (outcome.Kind, outcome.Reason, row));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("[]")]
    [InlineData("""{"reason":42}""")]
    [InlineData("""{"reason":"Unreg""")]
    [InlineData("""{"reason":"two\nlines"}""")]
    [InlineData("""{"reason":"\ud800"}""")]
    public void A_body_that_is_not_apns_json_leaves_it_to_the_status(string body)
    {
        var (outcome, row) = Read(502, body);

        Assert.Equal((OutcomeKind.Unavailable, "Http502", null), (outcome.Kind, outcome.Reason, row));
    }

    [Fact]
    public void A_blank_in_a_reason_is_no_new_reason() =>
        Assert.Equal("ServiceUnavailable", Read(503, """{"reason":"Service Unavailable"}""").Reason?.Name);

    [Fact]
    public void The_timestamp_of_a_410_is_read_as_milliseconds()
    {
        var (outcome, _) = Read(410, """{"reason":"Unregistered","timestamp":1789990123456}""");

        var unregistered = Assert.IsType<SendOutcome.Unregistered>(outcome);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_789_990_123_456), unregistered.Since);
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("-1")]
    [InlineData("\"yesterday\"")]
    public void A_senseless_timestamp_is_no_timestamp(string timestamp)
    {
        var (outcome, _) = Read(410, $$"""{"reason":"Unregistered","timestamp":{{timestamp}}}""");

        Assert.Null(Assert.IsType<SendOutcome.Unregistered>(outcome).Since);
    }

    [Fact]
    public void An_accepted_push_has_the_unique_id_before_the_id()
    {
        Assert.Equal(new SendOutcome.Accepted("A1") { Status = 200 }, Read(200, "", ("apns-id", "A1")).Outcome);
        Assert.Equal(new SendOutcome.Accepted("U1") { Status = 200 }, Read(200, "", ("apns-id", "A1"), ("apns-unique-id", "U1")).Outcome);
    }

    [Fact]
    public void A_topic_that_the_push_asked_for_does_not_stop_the_app()
    {
        var push = ApnsPush() with { Apns = new() { PushType = "voip" } };
        var (outcome, _) = ApnsAnswer.Read(Answer(400, """{"reason":"TopicDisallowed"}"""), ShopApp, push, AcceptedAt);

        Assert.Equal(OutcomeKind.Rejected, outcome.Kind);
    }

    [Fact]
    public void TooManyRequests_is_about_one_device_and_TooManyProviderTokenUpdates_about_the_app()
    {
        Assert.Equal(ThrottleScope.Token, Assert.IsType<SendOutcome.Throttled>(Read(429, """{"reason":"TooManyRequests"}""").Outcome).Scope);
        Assert.Equal(
            ThrottleScope.App,
            Assert.IsType<SendOutcome.Throttled>(Read(429, """{"reason":"TooManyProviderTokenUpdates"}""").Outcome).Scope);
    }

    private static ApnsAnswer Read(int status, string body, params (string, string)[] headers) =>
        ApnsAnswer.Read(Answer(status, body, headers), ShopApp, ApnsPush(), AcceptedAt);
}
