using System.Collections.Frozen;
using static Dispatcher.Simulator.Fcm.FcmKind;

namespace Dispatcher.Simulator.Fcm;

/// <summary>The v1 <c>SendMessageRequest</c>, field by field. Source: the discovery document of fcm.googleapis.com, v1.</summary>
internal static class FcmSchema
{
    /// <summary>Checks without delivering.</summary>
    public static readonly FcmField ValidateOnly = new("validate_only", Flag);

    /// <summary>Apple's own limit holds for it.</summary>
    public static readonly FcmField ApnsPayload = new("payload", AnyObject);

    private static readonly FcmField AnalyticsLabel = new("analytics_label", Text) { Rule = FcmRules.AnalyticsLabel };

    private static readonly FcmMessageType Color = new(
        "google.type.Color", new("red", Number), new("green", Number), new("blue", Number), new("alpha", Number));

    private static readonly FcmMessageType LightSettings = new(
        "google.firebase.fcm.v1.LightSettings",
        new("color", Message) { Type = Color },
        new("light_on_duration", Duration),
        new("light_off_duration", Duration))
    {
        RequiredFields = 3,
    };

    private static readonly FcmMessageType Notification = new(
        "google.firebase.fcm.v1.Notification", new("title", Text), new("body", Text), new("image", Text));

    private static readonly FcmMessageType AndroidNotification = new(
        "google.firebase.fcm.v1.AndroidNotification",
        new("title", Text),
        new("body", Text),
        new("icon", Text),
        new("color", Text) { Rule = FcmRules.Color },
        new("sound", Text),
        new("tag", Text),
        new("click_action", Text),
        new("body_loc_key", Text),
        new("body_loc_args", TextList),
        new("title_loc_key", Text),
        new("title_loc_args", TextList),
        new("channel_id", Text),
        new("ticker", Text),
        new("sticky", Flag),
        new("event_time", Timestamp),
        new("local_only", Flag),
        OneOf("notification_priority", "PRIORITY_", "UNSPECIFIED", "MIN", "LOW", "DEFAULT", "HIGH", "MAX"),
        new("default_sound", Flag),
        new("default_vibrate_timings", Flag),
        new("default_light_settings", Flag),
        new("vibrate_timings", DurationList),
        OneOf("visibility", "", "VISIBILITY_UNSPECIFIED", "PRIVATE", "PUBLIC", "SECRET"),
        new("notification_count", Integer),
        new("light_settings", Message) { Type = LightSettings },
        new("image", Text),
        new("bypass_proxy_notification", Flag),
        OneOf("proxy", "", "PROXY_UNSPECIFIED", "ALLOW", "DENY", "IF_PRIORITY_LOWERED"));

    private static readonly FcmMessageType AndroidConfig = new(
        "google.firebase.fcm.v1.AndroidConfig",
        new("collapse_key", Text),
        OneOf("priority", "", "NORMAL", "HIGH", "normal", "high"), // lower case is what every Admin SDK sends
        new("ttl", Duration) { Rule = FcmRules.TimeToLive },
        new("restricted_package_name", Text),
        new("data", TextMap) { IsPayload = true },
        new("notification", Message) { Type = AndroidNotification, IsPayload = true },
        new("fcm_options", Message) { Type = new("google.firebase.fcm.v1.AndroidFcmOptions", AnalyticsLabel) },
        new("direct_boot_ok", Flag),
        new("bandwidth_constrained_ok", Flag),
        new("restricted_satellite_ok", Flag));

    private static readonly FcmMessageType ApnsConfig = new(
        "google.firebase.fcm.v1.ApnsConfig",
        new("headers", TextMap),
        ApnsPayload,
        new("fcm_options", Message) { Type = new("google.firebase.fcm.v1.ApnsFcmOptions", AnalyticsLabel, new("image", Text)) },
        new("live_activity_token", Text));

    private static readonly FcmMessageType WebpushConfig = new(
        "google.firebase.fcm.v1.WebpushConfig",
        new("headers", TextMap),
        new("data", TextMap),
        new("notification", AnyObject),
        new("fcm_options", Message)
        {
            Type = new("google.firebase.fcm.v1.WebpushFcmOptions", AnalyticsLabel, new("link", Text) { Rule = FcmRules.Link }),
        });

    private static readonly FcmMessageType TheMessage = new(
        "google.firebase.fcm.v1.Message",
        new("name", Text),
        new("data", TextMap) { IsPayload = true },
        new("notification", Message) { Type = Notification, IsPayload = true },
        new("android", Message) { Type = AndroidConfig },
        new("webpush", Message) { Type = WebpushConfig },
        new("apns", Message) { Type = ApnsConfig },
        new("fcm_options", Message) { Type = new("google.firebase.fcm.v1.FcmOptions", AnalyticsLabel) },
        new("fid", Text) { IsTarget = true, Rule = FcmRules.Token },
        new("token", Text) { IsTarget = true, Rule = FcmRules.Token },
        new("topic", Text) { IsTarget = true, Rule = FcmRules.Topic },
        new("condition", Text) { IsTarget = true, Rule = FcmCondition.Problem });

    /// <summary>The whole body.</summary>
    public static readonly FcmMessageType Request = new(
        "google.firebase.fcm.v1.SendMessageRequest", ValidateOnly, new("message", Message) { Type = TheMessage });

    private static FcmField OneOf(string name, string prefix, params string[] choices) =>
        new(name, Choice) { Choices = choices.Select(choice => prefix + choice).ToFrozenSet(StringComparer.Ordinal) };
}
