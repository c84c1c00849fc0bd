using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>The body that a push has at APNs.</summary>
internal static class ApnsPayload
{
    private static readonly Dictionary<string, string> EmptyData = [];

    /// <summary>Writes the body as UTF-8 JSON: what the neutral fields say, with the push's own payload merged over it.</summary>
    /// <param name="push">The push.</param>
    /// <param name="type">Its type.</param>
    /// <param name="output">Where to.</param>
    public static void Render(PushNotification push, ApnsPushType type, IBufferWriter<byte> output)
    {
        var writer = PayloadJson.Begin(output);
        if (push.Apns?.Payload is { } payload)
            Merged(push, type, payload)?.WriteTo(writer);
        else
            WriteNeutral(writer, push, type);
        PayloadJson.Finish(writer);
    }

    private static JsonNode? Merged(PushNotification push, ApnsPushType type, JsonElement payload)
    {
        var neutral = new ArrayBufferWriter<byte>();
        using (var writer = PayloadJson.WriterOn(neutral))
            WriteNeutral(writer, push, type);
        return JsonMergePatch.Apply(JsonNode.Parse(neutral.WrittenSpan), payload);
    }

    private static void WriteNeutral(Utf8JsonWriter writer, PushNotification push, ApnsPushType type)
    {
        writer.WriteStartObject();
        if (type.HasAps)
        {
            WriteAps(writer, push, type);
            WriteOwnMembers(writer, push);
        }

        writer.WriteEndObject();
    }

    private static void WriteAps(Utf8JsonWriter writer, PushNotification push, ApnsPushType type)
    {
        writer.WriteStartObject("aps"u8);
        if (push.Notification is { } content)
        {
            // A Live Activity's sound belongs to its alert. Source: Apple, "Starting and updating Live Activities with ActivityKit pushes".
            var soundInAlert = type == ApnsPushType.LiveActivity ? content.Sound : null;
            if ((content.Title ?? content.Subtitle ?? content.Body ?? soundInAlert) is not null)
            {
                writer.WriteStartObject("alert"u8);
                writer.WriteOptional("title"u8, content.Title);
                writer.WriteOptional("subtitle"u8, content.Subtitle);
                writer.WriteOptional("body"u8, content.Body);
                writer.WriteOptional("sound"u8, soundInAlert);
                writer.WriteEndObject();
            }

            if (content.Badge is { } badge)
                writer.WriteNumber("badge"u8, badge);
            if (soundInAlert is null)
                writer.WriteOptional("sound"u8, content.Sound);
            if (content.Image is not null)
                writer.WriteNumber("mutable-content"u8, 1); // the app's service extension loads the picture
        }

        if (type == ApnsPushType.Background)
            writer.WriteNumber(type.Flag!, 1);
        else if (type.Flag is { } flag)
            writer.WriteBoolean(flag, true);
        writer.WriteEndObject();
    }

    private static void WriteOwnMembers(Utf8JsonWriter writer, PushNotification push)
    {
        var image = push.Notification?.Image;
        writer.WriteOptional("image"u8, image);
        foreach (var (key, value) in push.Data ?? EmptyData)
        {
            // The rules refuse both at the door; a record that never passed it must not make a body with a name twice.
            if (key != "aps" && (key != "image" || image is null))
                writer.WriteString(key, value);
        }
    }
}
