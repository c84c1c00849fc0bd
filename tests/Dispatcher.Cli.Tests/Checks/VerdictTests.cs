using Dispatcher.Cli.Checks;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Sending;

namespace Dispatcher.Cli.Tests.Checks;

public sealed class VerdictTests
{
    private static readonly ApnsApp Ios = new("shop-ios", "default", "com.example.shop", new ApnsKeyFile("TEAM", "KEY", "/keys/a.p8"), Sandbox: false);
    private static readonly FcmApp Android = new("shop-android", "default", "/keys/account.json", "demo-shop");

    public static TheoryData<SendOutcome, string, string> OfApns => new()
    {
        { new SendOutcome.Rejected { Reason = "BadDeviceToken", Status = 400 }, "Ok", "may send to com.example.shop" },
        { new SendOutcome.Misconfigured { Reason = "InvalidProviderToken", Status = 403 }, "Fail", "TeamId, KeyId and KeyPath" },
        { new SendOutcome.NotSent { Reason = "ExpiredProviderToken", Status = 403 }, "Fail", "clock is wrong by 7 minutes" },
        { new SendOutcome.Misconfigured { Reason = "TopicDisallowed", Status = 400 }, "Fail", "BundleId 'com.example.shop'" },
        { new SendOutcome.Misconfigured { Reason = "BadEnvironmentKeyIdInToken", Status = 403 }, "Fail", "set Environment to the other" },
        { new SendOutcome.Misconfigured { Reason = "BadCertificate", Status = 403 }, "Fail", "make a new one" },
        { new SendOutcome.Throttled(ThrottleScope.App) { Reason = "TooManyProviderTokenUpdates", Status = 429 }, "Warn", "try again" },
        { new SendOutcome.Unavailable { Reason = "ServiceUnavailable", Status = 503 }, "Warn", "cannot answer at the moment" },
        { new SendOutcome.NotSent(EndpointAtFault: true) { Reason = "ConnectionError" }, "Fail", "Apns:Port to 2197" },
        { new SendOutcome.NotSent(EndpointAtFault: true) { Reason = "SecureConnectionError" }, "Fail", "Apns:TrustedCaPath" },
        { new SendOutcome.Ambiguous { Reason = "NoAnswer" }, "Fail", "no answer" },
    };

    public static TheoryData<SendOutcome, string, string> OfFcm => new()
    {
        { new SendOutcome.Accepted("projects/demo-shop/messages/1"), "Ok", "account.json may send to project demo-shop" },
        { new SendOutcome.Misconfigured { Reason = "PERMISSION_DENIED", Status = 403 }, "Fail", "Firebase Cloud Messaging API Admin" },
        { new SendOutcome.Misconfigured { Reason = "NOT_FOUND", Status = 404 }, "Fail", "check ProjectId" },
        { new SendOutcome.Misconfigured { Reason = "invalid_grant" }, "Fail", "Make a new key" },
        { new SendOutcome.Misconfigured { Reason = "UNAUTHENTICATED", Status = 401 }, "Fail", "access token" },
        { new SendOutcome.NotSent { Reason = "TokenEndpointUnavailable" }, "Fail", "oauth2.googleapis.com" },
        { new SendOutcome.NotSent(EndpointAtFault: true) { Reason = "NameResolutionError" }, "Fail", "DNS" },
        { new SendOutcome.Throttled(ThrottleScope.App) { Reason = "QUOTA_EXCEEDED", Status = 429 }, "Warn", "quota" },
        { new SendOutcome.Rejected { Reason = "INVALID_ARGUMENT", Status = 400 }, "Warn", "dislikes the probe" },
    };

    [Theory]
    [MemberData(nameof(OfApns))]
    public void An_answer_of_apns_says_what_to_do(SendOutcome outcome, string level, string says) =>
        AssertSays(ApnsVerdict.Of(Ios, outcome, skew: TimeSpan.FromMinutes(-7)), level, says);

    [Theory]
    [MemberData(nameof(OfFcm))]
    public void An_answer_of_fcm_says_what_to_do(SendOutcome outcome, string level, string says) =>
        AssertSays(FcmVerdict.Of(Android, outcome), level, says);

    [Fact]
    public void A_failure_always_has_a_fix() => Assert.All(
        OfApns.Select(row => ApnsVerdict.Of(Ios, (SendOutcome)row[0], null)).Concat(OfFcm.Select(row => FcmVerdict.Of(Android, (SendOutcome)row[0]))),
        line => Assert.True(line.Level is not CheckLevel.Fail || line.Fix is not null, line.Text));

    private static void AssertSays(CheckLine line, string level, string says)
    {
        Assert.Equal(level, line.Level.ToString());
        Assert.Contains(says, $"{line.Text} {line.Fix}", StringComparison.Ordinal);
    }
}
