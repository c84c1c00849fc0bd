using System.Text;
using System.Text.Json;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Connections.Http2;
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
        var head = new AnswerHead();
        foreach (var (name, value) in headers)
            head.Field(Encoding.ASCII.GetBytes(name.ToLowerInvariant()), Encoding.ASCII.GetBytes(value));
        return new HttpAnswer(status, head.Fields, Encoding.UTF8.GetBytes(body));
    }

    public static string? Header(Http2Request request, string name)
    {
        foreach (var field in request.Fields)
        {
            if (field.Name == name)
                return field.Value;
        }

        return name == request.IdName ? request.Id.ToString() : null;
    }

    /// <summary>All of a request's fields, in alphabetical order.</summary>
    public static IReadOnlyList<string> HeadersOf(Http2Request request)
    {
        var fields = request.Fields.ToArray().Select(field => $"{field.Name}: {field.Value}");
        return [.. (request.IdName is { } idName ? fields.Append($"{idName}: {request.Id}") : fields).Order(StringComparer.Ordinal)];
    }

    public static void AssertJson(string expected, ReadOnlySpan<byte> actual)
    {
        var json = Encoding.UTF8.GetString(actual);
        Assert.True(
            JsonElement.DeepEquals(Json(expected), Json(json)),
            $"expected {expected}{Environment.NewLine}but was {json}");
    }
}
