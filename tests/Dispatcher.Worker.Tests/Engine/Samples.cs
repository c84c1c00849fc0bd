using System.Buffers;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Worker.Tests.Engine;

/// <summary>Apps and pushes that are right unless a test makes them wrong.</summary>
internal static class Samples
{
    public const string Ios = "shop-ios";
    public const string OtherIos = "other-ios";
    public const string Sandbox = "shop-ios-dev";
    public const string Android = "shop-android";
    public const string Token = "7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a";

    /// <summary>No provider reads the credentials here; that the file exists is enough.</summary>
    public static AppCatalog Apps { get; } = AppCatalog.Load(
        new Dictionary<string, AppOptions>
        {
            [Ios] = new() { Provider = "apns", Tenant = "shop", BundleId = "com.example.shop", TeamId = "TEAM", KeyId = "KEY", KeyPath = SomeFile },
            [OtherIos] = new() { Provider = "apns", Tenant = "shop", BundleId = "com.example.other", TeamId = "TEAM", KeyId = "KEY", KeyPath = SomeFile },
            [Sandbox] = new()
            {
                Provider = "apns",
                Tenant = "shop",
                BundleId = "com.example.shop",
                TeamId = "TEAM",
                KeyId = "KEY",
                KeyPath = SomeFile,
                Environment = "sandbox",
            },
            [Android] = new() { Provider = "fcm", Tenant = "shop", CredentialsPath = SomeFile, ProjectId = "demo-shop" },
        },
        folder: null);

    /// <summary>One app that has its lanes to itself.</summary>
    public static AppCatalog OneApp { get; } = AppCatalog.Load(
        new Dictionary<string, AppOptions>
        {
            [Ios] = new() { Provider = "apns", Tenant = "shop", BundleId = "com.example.shop", TeamId = "TEAM", KeyId = "KEY", KeyPath = SomeFile },
        },
        folder: null);

    private static string SomeFile => typeof(Samples).Assembly.Location;

    public static PushNotification Push(string app = Ios, string token = Token) => new()
    {
        Id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
        App = app,
        Target = Target.Token(token),
        AcceptedAt = TimeProvider.System.GetUtcNow(),
        Notification = new NotificationContent { Title = "Order 42", Body = "On its way" },
    };

    public static byte[] Encode(PushNotification push)
    {
        var buffer = new ArrayBufferWriter<byte>();
        PushJson.Encode(push, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
