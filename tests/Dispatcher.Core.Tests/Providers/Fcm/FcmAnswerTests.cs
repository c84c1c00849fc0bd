using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Fcm;

public sealed class FcmAnswerTests
{
    private const string FcmErrorType = "type.googleapis.com/google.firebase.fcm.v1.FcmError";

    [Theory]
    [InlineData(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", OutcomeKind.Rejected)]
    [InlineData(400, "INVALID_ARGUMENT", null, OutcomeKind.Rejected)]
    [InlineData(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR", OutcomeKind.Misconfigured)]
    [InlineData(401, "UNAUTHENTICATED", "APNS_AUTH_ERROR", OutcomeKind.Misconfigured)]
    [InlineData(401, "UNAUTHENTICATED", null, OutcomeKind.NotSent)]
    [InlineData(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", OutcomeKind.Unregistered)]
    [InlineData(403, "PERMISSION_DENIED", null, OutcomeKind.Misconfigured)]
    [InlineData(404, "NOT_FOUND", "UNREGISTERED", OutcomeKind.Unregistered)]
    [InlineData(404, "NOT_FOUND", null, OutcomeKind.Misconfigured)]
    [InlineData(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", OutcomeKind.Throttled)]
    [InlineData(429, "RESOURCE_EXHAUSTED", null, OutcomeKind.Throttled)]
    [InlineData(500, "INTERNAL", "INTERNAL", OutcomeKind.Unavailable)]
    [InlineData(500, "INTERNAL", null, OutcomeKind.Unavailable)]
    [InlineData(503, "UNAVAILABLE", "UNAVAILABLE", OutcomeKind.Unavailable)]
    [InlineData(503, "UNAVAILABLE", null, OutcomeKind.Unavailable)]
    [InlineData(500, "INTERNAL", "UNSPECIFIED_ERROR", OutcomeKind.Unavailable)]
    public void Every_documented_code_has_its_row(int status, string statusName, string? code, OutcomeKind expected)
    {
        var details = code is null ? "" : $$""","details":[{"@type":"{{FcmErrorType}}","errorCode":"{{code}}"}]""";
        var (outcome, isKnown) = Read(status, $$$"""{"error":{"code":{{{status}}},"message":"…","status":"{{{statusName}}}"{{{details}}}}}""");

        Assert.Equal((expected, code ?? statusName, status, true), (outcome.Kind, outcome.Reason, outcome.Status, isKnown));
    }

    [Theory]
    [InlineData(502)]
    [InlineData(504)]
    public void The_front_end_s_html_is_unavailable_for_half_a_minute(int status)
    {
        var (outcome, isKnown) = Read(status, "<!DOCTYPE html><title>Error 502 (Server Error)!!1</title>");

        Assert.Equal((OutcomeKind.Unavailable, $"Http{status}", true), (outcome.Kind, outcome.Reason, isKnown));
        Assert.Equal(TimeSpan.FromSeconds(30), outcome.RetryAfter);
    }

    [Theory]
    [InlineData(400, OutcomeKind.Rejected)]
    [InlineData(401, OutcomeKind.Misconfigured)]
    [InlineData(403, OutcomeKind.Misconfigured)]
    [InlineData(404, OutcomeKind.Misconfigured)]
    [InlineData(418, OutcomeKind.Rejected)]
    [InlineData(429, OutcomeKind.Throttled)]
    [InlineData(500, OutcomeKind.Unavailable)]
    [InlineData(503, OutcomeKind.Unavailable)]
    [InlineData(302, OutcomeKind.Unavailable)]
    public void An_unknown_code_is_classified_by_its_status(int status, OutcomeKind expected)
    {
        var (outcome, isKnown) = Read(status, $$$"""{"error":{"details":[{"@type":"{{{FcmErrorType}}}","errorCode":"NEW_ONE"}]}}""");

        Assert.Equal((expected, "NEW_ONE", false), (outcome.Kind, outcome.Reason, isKnown));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("""{"error":"text"}""")]
    [InlineData("""{"error":{"details":"text"}}""")]
    [InlineData("""{"error":{"details":[1,{"@type":2}],"status":3}}""")]
    [InlineData("""{"error":{"status":"\ud800"}}""")]
    public void A_body_that_is_not_an_error_envelope_leaves_it_to_the_status(string body)
    {
        var (outcome, _) = Read(500, body);

        Assert.Equal((OutcomeKind.Unavailable, "Http500"), (outcome.Kind, outcome.Reason));
    }

    [Fact]
    public void A_recorded_bad_token_is_unregistered()
    {
        const string body = """
            {"error":{"code":400,"message":"Request contains an invalid argument.","status":"INVALID_ARGUMENT","details":[
              {"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"INVALID_ARGUMENT"},
              {"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"message.token","description":"Invalid registration token"}]}]}}
            """;

        Assert.Equal(OutcomeKind.Unregistered, Read(400, body).Outcome.Kind);
    }

    [Fact]
    public void A_bad_token_that_only_the_message_names_is_unregistered()
    {
        const string body = """
            {"error":{"code":400,"message":"The registration token is not a valid FCM registration token","status":"INVALID_ARGUMENT"}}
            """;

        Assert.Equal(OutcomeKind.Unregistered, Read(400, body).Outcome.Kind);
    }

    [Fact]
    public void A_recorded_bad_payload_never_costs_the_token()
    {
        const string body = """
            {"error":{"code":400,"message":"Invalid value at 'message.data[0].value' (TYPE_STRING), 12","status":"INVALID_ARGUMENT","details":[
              {"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"message.data[0].value","description":"Invalid value"}]}]}}
            """;

        var outcome = Read(400, body).Outcome;
        Assert.Equal((OutcomeKind.Rejected, "INVALID_ARGUMENT", "message.data[0].value"), (outcome.Kind, outcome.Reason, outcome.Detail));
    }

    [Fact]
    public void An_oversize_message_is_rejected_without_any_detail()
    {
        var outcome = Read(400, """{"error":{"code":400,"message":"Message too big","status":"INVALID_ARGUMENT"}}""").Outcome;

        Assert.Equal((OutcomeKind.Rejected, null), (outcome.Kind, outcome.Detail));
    }

    [Fact]
    public void Of_content_in_a_violation_nothing_is_repeated()
    {
        var body = $$$"""
            {"error":{"code":400,"status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[
              {"field":"message.android.ttl","description":"secret"},{"field":"message.data[\"secret\"]"},{"field":"{{{new string('x', 300)}}}"}]}]}}
            """;

        var detail = Read(400, body).Outcome.Detail;

        Assert.Equal("message.android.ttl, message.data[", detail);
    }

    [Theory]
    [InlineData("UNREGISTERED", 404)]
    [InlineData("SENDER_ID_MISMATCH", 403)]
    [InlineData("INVALID_ARGUMENT", 400)]
    public void A_topic_is_never_an_invalid_token(string code, int status)
    {
        var body = $$$"""
            {"error":{"status":"X","message":"The registration token is not a valid FCM registration token","details":[
              {"@type":"{{{FcmErrorType}}}","errorCode":"{{{code}}}"},
              {"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"message.token"}]}]}}
            """;

        Assert.Equal(OutcomeKind.Unregistered, Read(status, body).Outcome.Kind);
        Assert.Equal(OutcomeKind.Unregistered, ReadFor(new(TargetKind.Fid, "f"), status, body).Outcome.Kind);
        Assert.Equal(OutcomeKind.Rejected, ReadFor(new(TargetKind.Topic, "news"), status, body).Outcome.Kind);
        Assert.Equal(OutcomeKind.Rejected, ReadFor(new(TargetKind.Condition, "'news' in topics"), status, body).Outcome.Kind);
    }

    [Fact]
    public void What_apple_or_the_console_says_is_the_detail()
    {
        var apple = Read(401, $$$"""
            {"error":{"status":"UNAUTHENTICATED","details":[{"@type":"{{{FcmErrorType}}}","errorCode":"THIRD_PARTY_AUTH_ERROR"},
              {"@type":"type.googleapis.com/google.firebase.fcm.v1.ApnsError","statusCode":403,"reason":"InvalidProviderToken"}]}}
            """).Outcome;
        var console = Read(403, """
            {"error":{"status":"PERMISSION_DENIED","details":[
              {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"SERVICE_DISABLED","domain":"googleapis.com"}]}}
            """).Outcome;

        Assert.Equal((OutcomeKind.Misconfigured, "APNs InvalidProviderToken"), (apple.Kind, apple.Detail));
        Assert.Equal((OutcomeKind.Misconfigured, "SERVICE_DISABLED"), (console.Kind, console.Detail));
    }

    [Fact]
    public void The_order_of_details_does_not_matter_and_the_printed_spelling_is_read_too()
    {
        var body = $$$"""
            {"error":{"code":404,"status":"NOT_FOUND","details":[
              {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"X"},{"@type":"{{{FcmErrorType}}}","error_code":"UNREGISTERED"}]}}
            """;

        Assert.Equal(OutcomeKind.Unregistered, Read(404, body).Outcome.Kind);
    }

    [Theory]
    [InlineData("project:demo-app", ThrottleScope.App, "quota of the project")]
    [InlineData("projects/demo-app/topics/news", ThrottleScope.App, "quota of the project")]
    [InlineData("device:abc", ThrottleScope.Token, "quota of the device")]
    [InlineData("token:abc", ThrottleScope.Token, "quota of the device")]
    [InlineData("topic:news", ThrottleScope.Token, "quota of the topic")]
    public void The_quota_s_subject_says_who_is_throttled(string subject, ThrottleScope expected, string detail)
    {
        var body = $$$"""
            {"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"{{{FcmErrorType}}}","errorCode":"QUOTA_EXCEEDED"},
              {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"subject":"{{{subject}}}","description":"messages per minute"}]}]}}
            """;

        var throttled = Assert.IsType<SendOutcome.Throttled>(Read(429, body).Outcome);
        Assert.Equal((expected, detail), (throttled.Scope, throttled.Detail));
    }

    [Fact]
    public void Retry_After_is_read_in_both_forms_and_before_any_default()
    {
        Assert.Equal(TimeSpan.FromSeconds(7), Read(429, "", ("retry-after", "7")).Outcome.RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(90), Read(503, "", ("retry-after", AcceptedAt.AddSeconds(90).ToString("R"))).Outcome.RetryAfter);
        Assert.Equal(TimeSpan.Zero, Read(503, "", ("retry-after", AcceptedAt.AddSeconds(-90).ToString("R"))).Outcome.RetryAfter);
        Assert.Equal(
            TimeSpan.FromSeconds(1.5),
            Read(429, """{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.5s"}]}}""").Outcome.RetryAfter);
    }

    [Fact]
    public void Without_Retry_After_the_documented_waits_apply()
    {
        Assert.Equal(TimeSpan.FromSeconds(60), Read(429, "").Outcome.RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(10), Read(500, "").Outcome.RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(10), Read(503, "").Outcome.RetryAfter);
        Assert.Null(Read(400, "").Outcome.RetryAfter);
    }

    [Theory]
    [InlineData("""{"name":"projects/p/messages/0:17%31bd"}""", "projects/p/messages/0:17%31bd")]
    [InlineData("", null)]
    [InlineData("<html>", null)]
    [InlineData("""{"name":"\ud800"}""", null)]
    public void Status_200_is_accepted_whatever_the_body(string body, string? id) =>
        Assert.Equal(new SendOutcome.Accepted(id) { Status = 200 }, Read(200, body).Outcome);

    private static FcmAnswer ReadFor(Target target, int status, string body) => FcmAnswer.Read(Answer(status, body), target, AcceptedAt);

    private static FcmAnswer Read(int status, string body, params (string, string)[] headers) =>
        FcmAnswer.Read(Answer(status, body, headers), Target.Token("fGh:APA91b"), AcceptedAt);
}
