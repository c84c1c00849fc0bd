using Dispatcher.Core.Pushes;

namespace Dispatcher.Micro;

/// <summary>A push as most are: something to show, one value for the app.</summary>
internal static class SamplePush
{
    public static PushNotification To(Provider provider) => new()
    {
        Id = Guid.Parse("019A5B00-AAAA-7BBB-8CCC-DDDDEEEEFFFF"),
        App = provider == Provider.Apns ? "shop-ios" : "shop-android",
        Target = Target.Token(provider == Provider.Apns ? new string('7', 64) : new string('e', 22) + ":APA91b" + new string('f', 128)),
        AcceptedAt = DateTimeOffset.UnixEpoch.AddYears(56),
        TimeToLive = 3600,
        Notification = new NotificationContent
        {
            Title = "Hello there",
            Body = "Your order 12345 has shipped and will arrive on Monday",
            Sound = "default",
            Badge = 1,
        },
        Data = new Dictionary<string, string> { ["orderId"] = "12345" },
    };

    public static byte[] Encoded(Provider provider) => PushJson.Encode(To(provider));
}
