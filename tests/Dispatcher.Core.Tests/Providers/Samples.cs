using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Tests.Providers;

/// <summary>Pushes, apps and answers to test with.</summary>
internal static class Samples
{
    public const string HexToken = "7f3a00000000000000000000000000000000000000000000000000000000c0de";

    public static readonly DateTimeOffset AcceptedAt = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);

    public static readonly ApnsApp ShopApp =
        new("shop-ios", "acme", "com.example.shop", new ApnsKeyFile("TEAM000001", "KEY0000001", "/none.p8"), Sandbox: false);

    public static readonly ApnsApp CertificateApp = ShopApp with { Identity = new ApnsCertificateFile("/none.p12", null, "secret") };

    public static readonly ApnsApp PassApp = CertificateApp with { Name = "card", BundleId = "pass.com.example.card" };

    public static readonly ApnsApp MdmApp = CertificateApp with { Name = "fleet", BundleId = "com.apple.mgmt.External.0d4d7f0e" };

    /// <summary>A machine on which nothing of Google's is to be found.</summary>
    public static GoogleEnvironment NoGoogle { get; } = new(null, null, null, null, new Uri("http://127.0.0.1:1"));

    public static PushNotification ApnsPush(NotificationContent? notification = null) => new()
    {
        Id = Guid.Parse("019A5B00-AAAA-7BBB-8CCC-DDDDEEEEFFFF"),
        App = "shop-ios",
        Target = Target.Token(HexToken),
        AcceptedAt = AcceptedAt,
        Notification = notification,
    };

    public static PushNotification FcmPush(NotificationContent? notification = null) =>
        ApnsPush(notification) with { App = "shop-android", Target = Target.Token("fGh:APA91b") };

    public static NotificationContent Hello => new() { Title = "Hello" };

    public static JsonElement Json(string json) => JsonElement.Parse(json);

    public static HttpAnswer Answer(int status, string body, params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage();
        foreach (var (name, value) in headers)
            response.Headers.TryAddWithoutValidation(name, value);
        return new HttpAnswer(status, response.Headers, Encoding.UTF8.GetBytes(body));
    }

    public static string? Header(HttpRequestHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    public static void AssertJson(string expected, ReadOnlySpan<byte> actual)
    {
        var json = Encoding.UTF8.GetString(actual);
        Assert.True(
            JsonElement.DeepEquals(Json(expected), Json(json)),
            $"expected {expected}{Environment.NewLine}but was {json}");
    }
}
