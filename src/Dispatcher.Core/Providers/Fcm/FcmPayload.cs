using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>The body that a push has at FCM.</summary>
public static class FcmPayload
{
    /// <summary>Writes the body as UTF-8 JSON: what the neutral fields say, with the push's own message merged over it.</summary>
    /// <param name="push">The push.</param>
    /// <param name="now">The instant of sending; the time to live that is left is counted from it.</param>
    /// <param name="output">Where to.</param>
    public static void Render(PushNotification push, DateTimeOffset now, IBufferWriter<byte> output)
    {
        var writer = PayloadJson.Begin(output);
        writer.WriteStartObject();
        writer.WritePropertyName("message"u8);
        if (push.Fcm is not null)
            Merged(push, now).WriteTo(writer);
        else
            WriteNeutral(writer, push, now);
        if (push.ValidateOnly)
            writer.WriteBoolean("validate_only"u8, true);
        writer.WriteEndObject();
        PayloadJson.Finish(writer);
    }

    /// <summary>Lays one message in FCM's words over another: both are patches, and either may use either spelling.</summary>
    /// <param name="under">The message below.</param>
    /// <param name="over">The message whose fields count.</param>
    public static JsonElement Compose(JsonElement under, JsonElement over) =>
        JsonMergePatch.Compose(FcmMessage.Fields.Canonicalise(under), FcmMessage.Fields.Canonicalise(over));

    /// <summary>
    /// The size that FCM limits: keys and values of data and notification, in UTF-8. Android's own data takes the place of the common
    /// data, and fields of its notification that of the fields with the same name.
    /// </summary>
    /// <param name="push">The push.</param>
    public static int Measure(PushNotification push)
    {
        var message = Merged(push, push.AcceptedAt);
        var android = message["android"] as JsonObject;
        var data = android?["data"] as JsonObject ?? message["data"] as JsonObject;
        var notification = android?["notification"] as JsonObject;
        var size = SizeOf(data) + SizeOf(notification);
        foreach (var (name, value) in message["notification"] as JsonObject ?? [])
        {
            if (notification?.ContainsKey(name) != true)
                size += Encoding.UTF8.GetByteCount(name) + SizeOf(value);
        }

        return size;
    }

    /// <summary>The bytes of the whole body: never fewer than <see cref="Measure"/>, and cheaper to know.</summary>
    internal static int MeasureBody(PushNotification push)
    {
        var body = new PooledBuffer();
        Render(push, push.AcceptedAt, body);
        var size = body.Written.Length;
        body.Return();
        return size;
    }

    private static int SizeOf(JsonNode? node) => node switch
    {
        null => 0,
        JsonObject members => members.Sum(member => Encoding.UTF8.GetByteCount(member.Key) + SizeOf(member.Value)),
        JsonArray items => items.Sum(SizeOf),
        _ => Encoding.UTF8.GetByteCount(node.ToString()),
    };

    private static JsonObject Merged(PushNotification push, DateTimeOffset now)
    {
        var neutral = new ArrayBufferWriter<byte>();
        using (var writer = PayloadJson.WriterOn(neutral))
            WriteNeutral(writer, push, now);
        var message = JsonNode.Parse(neutral.WrittenSpan)!.AsObject();
        if (push.Fcm is { ValueKind: JsonValueKind.Object } patch)
            JsonMergePatch.Apply(message, FcmMessage.Fields.Canonicalise(patch));
        // The rules refuse another target at the door; a record that never passed it must not reach one either.
        foreach (var field in FcmFields.Addressing)
            message.Remove(field);
        message[push.Target.Word] = push.Target.Value;
        return message;
    }

    private static void WriteNeutral(Utf8JsonWriter writer, PushNotification push, DateTimeOffset now)
    {
        writer.WriteStartObject();
        writer.WriteString(push.Target.Word, push.Target.Value);
        if (push.Notification is { } content && (content.Title ?? content.Body ?? content.Image) is not null)
        {
            writer.WriteStartObject("notification"u8);
            writer.WriteOptional("title"u8, content.Title);
            writer.WriteOptional("body"u8, content.Body);
            writer.WriteOptional("image"u8, content.Image);
            writer.WriteEndObject();
        }

        if (push.Data is { Count: > 0 } data)
        {
            writer.WriteStartObject("data"u8);
            foreach (var (key, value) in data)
                writer.WriteString(key, value);
            writer.WriteEndObject();
        }

        WriteAndroid(writer, push, now);
        writer.WriteEndObject();
    }

    private static void WriteAndroid(Utf8JsonWriter writer, PushNotification push, DateTimeOffset now)
    {
        var content = push.Notification;
        var hasNotification = content is not null && (content.Sound is not null || content.Badge is not null);
        if (!hasNotification && push.Priority is null && push.TimeToLive is null && push.CollapseKey is null)
            return;

        writer.WriteStartObject("android"u8);
        // Unset, FCM does what is meant: high with a notification, normal without.
        if (push.Priority is { } priority)
            writer.WriteString("priority"u8, priority == PushPriority.High ? "HIGH"u8 : "NORMAL"u8);
        if (push.TimeToLive is not null)
            writer.WriteString("ttl"u8, $"{SecondsLeft(push, now)}s");
        writer.WriteOptional("collapse_key"u8, push.CollapseKey);
        if (hasNotification)
        {
            writer.WriteStartObject("notification"u8);
            writer.WriteOptional("sound"u8, content!.Sound);
            if (content.Badge is { } badge)
                writer.WriteNumber("notification_count"u8, badge);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    // From the original deadline: a push that waited for a retry must not live longer for it.
    private static long SecondsLeft(PushNotification push, DateTimeOffset now) =>
        push.ExpiresAt is { } deadline ? Math.Max(0, (long)(deadline - now).TotalSeconds) : 0;
}
