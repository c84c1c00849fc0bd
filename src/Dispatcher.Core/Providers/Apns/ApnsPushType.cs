using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>Apple's push types. Source: Apple, "Sending notification requests to APNs".</summary>
internal static class ApnsPushType
{
    public const string Alert = "alert";
    public const string Background = "background";
    public const string Voip = "voip";

    /// <summary>The type of a push: its own, or by whether there is something to see, hear or count.</summary>
    public static string Of(PushNotification push) => push.Apns?.PushType ?? (ShowsSomething(push) ? Alert : Background);

    /// <summary>What follows the bundle id in the topic; <see langword="null"/> for a type that is not known.</summary>
    /// <remarks><c>mdm</c> is missing: it needs a certificate, and apps here have keys.</remarks>
    public static string? TopicSuffix(string pushType) => pushType switch
    {
        Alert or Background => "",
        Voip => ".voip",
        "complication" => ".complication", // Apple's page prints "h.complication"; every client in use sends this
        "fileprovider" => ".pushkit.fileprovider",
        "liveactivity" => ".push-type.liveactivity",
        "pushtotalk" => ".voip-ptt",
        "location" => ".location-query",
        "controls" => ".push-type.controls",
        "widgets" => ".push-type.widgets",
        _ => null,
    };

    /// <summary>Whether the user would notice.</summary>
    public static bool ShowsSomething(PushNotification push) =>
        push.Notification is { } content
            && (content.Title ?? content.Subtitle ?? content.Body ?? content.Sound) is not null
        || push.Notification?.Badge is not null
        || push.Apns?.Payload is { ValueKind: JsonValueKind.Object } payload
            && payload.TryGetProperty("aps", out var aps)
            && aps.ValueKind == JsonValueKind.Object
            && (aps.TryGetProperty("alert", out _) || aps.TryGetProperty("sound", out _) || aps.TryGetProperty("badge", out _));
}
