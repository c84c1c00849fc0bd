namespace Dispatcher.Core.Pushes;

/// <summary>The push service that reaches the device.</summary>
public enum Provider
{
    /// <summary>Apple Push Notification service.</summary>
    Apns,

    /// <summary>Firebase Cloud Messaging, HTTP v1.</summary>
    Fcm,
}
