using System.Text;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Pushes;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Apns;

public sealed class ApnsPreviewTests
{
    private readonly ApnsPreview _preview = new(new ApnsOptions());

    [Fact]
    public void A_push_is_shown_as_it_would_be_sent_less_what_is_secret()
    {
        var push = ApnsPush(new() { Title = "Grüße", Badge = 1 }) with { TimeToLive = 60, CollapseKey = "c", Data = new Dictionary<string, string> { ["k"] = "v" } };

        var rendered = _preview.Render(push, ShopApp);

        Assert.Equal(("POST", $"https://api.push.apple.com/3/device/{push.Target.Hash}"), (rendered.Method, rendered.Url));
        Assert.Equal(
            [
                "apns-collapse-id: c", "apns-expiration: 1790000060", "apns-id: 019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff", "apns-priority: 10",
                "apns-push-type: alert", "apns-topic: com.example.shop", "authorization: bearer [redacted]",
            ],
            rendered.Headers.Select(header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal));
        Assert.Equal("""{"aps":{"alert":{"title":"Grüße"},"badge":1},"k":"v"}""", Encoding.UTF8.GetString(rendered.Body.Span));
        Assert.Equal((rendered.Body.Length, 4096), (rendered.Size, rendered.MaxSize));
    }

    [Fact]
    public void An_app_with_a_certificate_has_no_authorization() =>
        Assert.DoesNotContain(_preview.Render(ApnsPush(Hello), CertificateApp).Headers, header => header.Key == "authorization");

    [Fact]
    public void A_broadcast_is_shown_without_its_channel()
    {
        var push = ApnsPush() with { Target = Target.Channel("dHN0LXNyY2gtY2hubA=="), Apns = new() { Payload = Json("""{"aps":{"event":"update"}}""") } };

        var rendered = _preview.Render(push, ShopApp with { Sandbox = true });

        Assert.Equal(("https://api.sandbox.push.apple.com/4/broadcasts/apps/com.example.shop", 5120), (rendered.Url, rendered.MaxSize));
        Assert.Contains(KeyValuePair.Create("apns-channel-id", push.Target.Hash), rendered.Headers);
    }
}
