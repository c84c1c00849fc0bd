using System.Text;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Fcm;

public sealed class FcmPreviewTests
{
    private static readonly FcmApp App = new("shop-android", "acme", CredentialsPath: null, "demo-shop");

    private readonly FcmPreview _preview = new(new FcmOptions(), NoGoogle);

    [Fact]
    public void A_push_is_shown_as_it_would_be_sent_less_what_is_secret()
    {
        var push = FcmPush(Hello) with { TimeToLive = 60, Fcm = Json("""{"android":{"notification":{"channelId":"c"}}}""") };

        var rendered = _preview.Render(push, App);

        Assert.Equal(("POST", "https://fcm.googleapis.com/v1/projects/demo-shop/messages:send"), (rendered.Method, rendered.Url));
        Assert.Equal(
            ["authorization: Bearer [redacted]", "content-type: application/json"], rendered.Headers.Select(header => $"{header.Key}: {header.Value}"));
        Assert.Equal(
            $$$"""{"message":{"notification":{"title":"Hello"},"android":{"ttl":"60s","notification":{"channel_id":"c"}},"token":"{{{push.Target.Hash}}}"}}""",
            Encoding.UTF8.GetString(rendered.Body.Span));
        Assert.Equal((FcmPayload.Measure(push), 4096), (rendered.Size, rendered.MaxSize));
    }

    [Fact]
    public void The_time_to_live_is_that_of_the_moment_it_would_be_sent()
    {
        var push = FcmPush(Hello) with { TimeToLive = 60, SendAt = AcceptedAt.AddDays(1) };

        Assert.Contains("\"ttl\":\"60s\"", Encoding.UTF8.GetString(_preview.Render(push, App).Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void A_topic_is_no_secret_and_the_token_of_a_live_activity_is()
    {
        var topic = _preview.Render(FcmPush(Hello) with { Target = new(TargetKind.Topic, "news") }, App);
        var activity = _preview.Render(FcmPush(Hello) with { Fcm = Json("""{"apns":{"liveActivityToken":"80ab12"}}""") }, App);

        Assert.Equal(2048, topic.MaxSize);
        Assert.Contains("\"topic\":\"news\"", Encoding.UTF8.GetString(topic.Body.Span), StringComparison.Ordinal);
        Assert.Contains($"\"live_activity_token\":\"{Target.Token("80ab12").Hash}\"", Encoding.UTF8.GetString(activity.Body.Span), StringComparison.Ordinal);
        Assert.DoesNotContain("80ab12", Encoding.UTF8.GetString(activity.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void A_project_that_only_the_credentials_know_and_that_cannot_be_read_is_left_open()
    {
        var rendered = _preview.Render(FcmPush(Hello), App with { ProjectId = null, CredentialsPath = "/none.json" });

        Assert.Equal("https://fcm.googleapis.com/v1/projects/{project}/messages:send", rendered.Url);
    }
}
