using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>
/// The fields of FCM's <c>Message</c>. FCM reads both <c>snake_case</c> and <c>lowerCamelCase</c>, so an override may use either; here all
/// become snake_case, or a field could appear twice. Source: the discovery document of fcm v1.
/// </summary>
internal sealed class FcmFields
{
    private static readonly FcmFields AnalyticsOptions = new(["analytics_label"]);

    private readonly FrozenSet<string> _names;
    private readonly FrozenDictionary<string, FcmFields> _within;

    private FcmFields(IEnumerable<string> values, params (string Name, FcmFields Fields)[] messages)
    {
        _within = messages.ToFrozenDictionary(message => message.Name, message => message.Fields, StringComparer.Ordinal);
        _names = values.Concat(_within.Keys).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The fields of a message without those that address it. Maps and foreign objects keep the names of their members.</summary>
    public static FcmFields Message { get; } = new(
        ["data"],
        ("notification", new(["title", "body", "image"])),
        ("android", new(
            [
                "collapse_key", "priority", "ttl", "restricted_package_name", "data", "direct_boot_ok", "bandwidth_constrained_ok",
                "restricted_satellite_ok",
            ],
            ("fcm_options", AnalyticsOptions),
            ("notification", new(
                [
                    "title", "body", "icon", "color", "sound", "tag", "click_action", "body_loc_key", "body_loc_args", "title_loc_key",
                    "title_loc_args", "channel_id", "ticker", "sticky", "event_time", "local_only", "notification_priority",
                    "default_sound", "default_vibrate_timings", "default_light_settings", "vibrate_timings", "visibility",
                    "notification_count", "image", "bypass_proxy_notification", "proxy",
                ],
                ("light_settings", new(["color", "light_on_duration", "light_off_duration"])))))),
        ("webpush", new(["headers", "data", "notification"], ("fcm_options", new(["link", "analytics_label"])))),
        ("apns", new(["headers", "payload", "live_activity_token"], ("fcm_options", new(["analytics_label", "image"])))),
        ("fcm_options", AnalyticsOptions));

    /// <summary>The fields that address a message, or that only an answer has; a push has its target.</summary>
    public static FrozenSet<string> Addressing { get; } =
        FrozenSet.ToFrozenSet(["name", "token", "topic", "condition", "fid"], StringComparer.Ordinal);

    /// <summary>Whether a canonical name is a field.</summary>
    public bool Contains(string name) => _names.Contains(name);

    /// <summary>The snake_case name of a field, and any other name as it is.</summary>
    public string Canonical(string name)
    {
        if (_names.Contains(name))
            return name;
        var snake = JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
        return _names.Contains(snake) ? snake : name;
    }

    /// <summary>The same object with canonical names.</summary>
    public JsonElement Canonicalise(JsonElement message)
    {
        var canonical = new ArrayBufferWriter<byte>();
        using (var writer = PayloadJson.WriterOn(canonical))
            Write(writer, message, this);
        return JsonElement.Parse(canonical.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, FcmFields? fields)
    {
        if (fields is null || value.ValueKind != JsonValueKind.Object)
        {
            value.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        foreach (var member in value.EnumerateObject())
        {
            var name = fields.Canonical(member.Name);
            writer.WritePropertyName(name);
            Write(writer, member.Value, fields._within.GetValueOrDefault(name));
        }

        writer.WriteEndObject();
    }
}
