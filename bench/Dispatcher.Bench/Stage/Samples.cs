using System.Security.Cryptography;
using System.Text;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Bench.Stage;

/// <summary>The push that everything here sends, with another token each time; and what it is at the providers, written out by hand.</summary>
internal static class Samples
{
    public const string Ios = "shop-ios";
    public const string Android = "shop-android";
    public const string BundleId = "com.example.app";
    public const string Project = "bench";

    public const string Title = "Hello there";
    public const string Body = "Your order 12345 has shipped and will arrive on Monday";
    public const string OrderId = "12345";

    /// <summary>As long as the header that a worker makes of a signed provider token, and as what Google's token endpoint gives out.</summary>
    public static readonly string ApnsAuthorization = "bearer " + new string('x', 184);

    public static readonly string FcmAccessToken = "ya29." + new string('x', 215);

    public static readonly byte[] ApnsPayload = Encoding.UTF8.GetBytes(
        $$$"""{"aps":{"alert":{"title":"{{{Title}}}","body":"{{{Body}}}"},"badge":1,"sound":"default"},"orderId":"{{{OrderId}}}"}""");

    /// <summary>The message that FCM gets for a token.</summary>
    public static byte[] FcmMessage(string token) => Encoding.UTF8.GetBytes(
        $$$$$"""{"message":{"token":"{{{{{token}}}}}","notification":{"title":"{{{{{Title}}}}}","body":"{{{{{Body}}}}}"},"data":{"orderId":"{{{{{OrderId}}}}}"},"android":{"notification":{"sound":"default","notification_count":1}}}}""");

    public static string App(Provider provider) => provider == Provider.Apns ? Ios : Android;

    /// <summary>A token that looks like a device's; the same number gives the same one, and its first eight characters are the number.</summary>
    public static string Token(Provider provider, int number)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(number)));
        return provider == Provider.Apns ? $"{number:x8}{digest[8..]}" : $"{number:x8}{digest[..14]}:APA91b{digest}{digest}";
    }

    public static PushNotification Push(Provider provider, int number, DateTimeOffset acceptedAt) => new()
    {
        Id = Guid.CreateVersion7(acceptedAt),
        App = App(provider),
        Target = Target.Token(Token(provider, number)),
        AcceptedAt = acceptedAt,
        Notification = new NotificationContent { Title = Title, Body = Body, Sound = "default", Badge = 1 },
        Data = new Dictionary<string, string> { ["orderId"] = OrderId },
    };

    /// <summary>The same, with so many more bytes in its payload, which do not compress.</summary>
    public static PushNotification Push(Provider provider, int number, DateTimeOffset acceptedAt, int filler)
    {
        var push = Push(provider, number, acceptedAt);
        return filler == 0 ? push : push with { Data = new Dictionary<string, string> { ["orderId"] = OrderId, ["text"] = Filler(number, filler) } };
    }

    /// <summary>The push of <see cref="Request(Provider, int)"/> for so many devices.</summary>
    public static string Request(Provider provider, int number, int targets)
    {
        var to = string.Join(',', Enumerable.Range(number, targets).Select(token => $$"""{"app":"{{App(provider)}}","token":"{{Token(provider, token)}}"}"""));
        return $$$"""{"to":[{{{to}}}],"notification":{"title":"{{{Title}}}","body":"{{{Body}}}","sound":"default","badge":1},"data":{"orderId":"{{{OrderId}}}"}}""";
    }

    private static string Filler(int number, int length)
    {
        var text = new StringBuilder(length + 64);
        for (var part = 0; text.Length < length; part++)
            text.Append(Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(((long)number << 16) | (uint)part))));
        return text.ToString(0, length);
    }

    /// <summary>The same as a business service posts it.</summary>
    public static string Request(Provider provider, int number) =>
        $$$"""{"to":{"app":"{{{App(provider)}}}","token":"{{{Token(provider, number)}}}"},"notification":{"title":"{{{Title}}}","body":"{{{Body}}}","sound":"default","badge":1},"data":{"orderId":"{{{OrderId}}}"}}""";
}
