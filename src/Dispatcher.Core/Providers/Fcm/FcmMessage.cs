using System.Globalization;
using System.Text.RegularExpressions;
using Dispatcher.Core.Pushes;
using static Dispatcher.Core.Providers.Fcm.FcmKind;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>FCM's <c>Message</c>, field by field, without those that address it. Source: the discovery document of fcm v1.</summary>
internal static partial class FcmMessage
{
    private static readonly FcmField AnalyticsLabel = new("analytics_label", Text)
    {
        Rule = label => label.Length is 0 or > 50 ? $"must have 1 to 50 characters, not {label.Length}"
            : LabelPattern.IsMatch(label) ? null
            : "may have the characters a-z A-Z 0-9 - _ . ~ % only",
    };

    // The rule that the neutral image has.
    private static readonly FcmField Image = new("image", Text)
    {
        Rule = image => Uri.TryCreate(image, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps ? null : "must be an absolute https URL",
    };

    private static readonly FcmFields LightSettings = new(
        "LightSettings",
        new("color", Message) { Fields = new("Color", new("red", Share), new("green", Share), new("blue", Share), new("alpha", Share)) },
        new("light_on_duration", Duration),
        new("light_off_duration", Duration))
    {
        Required = ["color", "light_on_duration", "light_off_duration"],
    };

    private static readonly FcmFields AndroidNotification = new(
        "AndroidNotification",
        new("title", Text),
        new("body", Text),
        new("icon", Text),
        new("color", Text) { Rule = color => ColorPattern.IsMatch(color) ? null : "must be a colour as #rrggbb" },
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
        new("notification_priority", Choice)
        {
            Choices = ["PRIORITY_UNSPECIFIED", "PRIORITY_MIN", "PRIORITY_LOW", "PRIORITY_DEFAULT", "PRIORITY_HIGH", "PRIORITY_MAX"],
        },
        new("default_sound", Flag),
        new("default_vibrate_timings", Flag),
        new("default_light_settings", Flag),
        new("vibrate_timings", DurationList),
        new("visibility", Choice) { Choices = ["VISIBILITY_UNSPECIFIED", "PRIVATE", "PUBLIC", "SECRET"] },
        new("notification_count", Integer),
        new("light_settings", Message) { Fields = LightSettings },
        Image,
        new("bypass_proxy_notification", Flag),
        new("proxy", Choice) { Choices = ["PROXY_UNSPECIFIED", "ALLOW", "DENY", "IF_PRIORITY_LOWERED"] });

    private static readonly FcmFields AndroidConfig = new(
        "AndroidConfig",
        new("collapse_key", Text),
        new("priority", Choice) { Choices = ["NORMAL", "HIGH", "normal", "high"] }, // lower case is what every Admin SDK sends
        new("ttl", Duration) { Rule = TimeToLiveProblem },
        new("restricted_package_name", Text),
        new("data", Data),
        new("notification", Message) { Fields = AndroidNotification },
        new("fcm_options", Message) { Fields = new("AndroidFcmOptions", AnalyticsLabel) },
        new("direct_boot_ok", Flag),
        new("bandwidth_constrained_ok", Flag),
        new("restricted_satellite_ok", Flag));

    private static readonly FcmFields ApnsConfig = new(
        "ApnsConfig",
        new("headers", TextMap) { MemberRule = FcmHeaders.ApnsProblem },
        new("payload", Foreign),
        new("fcm_options", Message) { Fields = new("ApnsFcmOptions", AnalyticsLabel, Image) },
        new("live_activity_token", Text));

    private static readonly FcmFields WebpushOptions = new(
        "WebpushFcmOptions",
        new("link", Text) { Rule = link => link.StartsWith("https://", StringComparison.Ordinal) ? null : "must be an https URL" },
        AnalyticsLabel);

    private static readonly FcmFields WebpushConfig = new(
        "WebpushConfig",
        new("headers", TextMap) { MemberRule = FcmHeaders.WebpushProblem },
        new("data", Data),
        new("notification", Foreign),
        new("fcm_options", Message) { Fields = WebpushOptions });

    /// <summary>The message itself.</summary>
    public static FcmFields Fields { get; } = new(
        "message",
        new("data", Data),
        new("notification", Message) { Fields = new("Notification", new("title", Text), new("body", Text), Image) },
        new("android", Message) { Fields = AndroidConfig },
        new("webpush", Message) { Fields = WebpushConfig },
        new("apns", Message) { Fields = ApnsConfig },
        new("fcm_options", Message) { Fields = new("FcmOptions", AnalyticsLabel) });

    // "3600s", already known to be a duration.
    private static string? TimeToLiveProblem(string ttl) =>
        decimal.Parse(ttl.AsSpan(0, ttl.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) <= PushLimits.MaxTimeToLive
            ? null
            : $"may have at most \"{PushLimits.MaxTimeToLive}s\", not \"{ttl}\"";

    [GeneratedRegex(@"^[a-zA-Z0-9\-_.~%]{1,50}\z")]
    private static partial Regex LabelPattern { get; }

    [GeneratedRegex(@"^#[0-9a-fA-F]{6}\z")]
    private static partial Regex ColorPattern { get; }
}
