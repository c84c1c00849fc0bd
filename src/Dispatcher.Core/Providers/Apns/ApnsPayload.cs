using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>The body that a push has at APNs.</summary>
public static class ApnsPayload
{
    /// <summary>Writes the body as UTF-8 JSON: what the neutral fields say, with the push's own payload merged over it.</summary>
    /// <param name="push">The push.</param>
    /// <param name="output">Where to.</param>
    public static void Render(PushNotification push, IBufferWriter<byte> output)
    {
        using var writer = PayloadJson.WriterOn(output);
        if (push.Apns?.Payload is not { } payload)
        {
            WriteNeutral(writer, push);
            return;
        }

        var neutral = new ArrayBufferWriter<byte>();
        using (var neutralWriter = PayloadJson.WriterOn(neutral))
            WriteNeutral(neutralWriter, push);
        JsonMergePatch.Apply(JsonNode.Parse(neutral.WrittenSpan), payload)?.WriteTo(writer);
    }

    /// <summary>The size that APNs limits: the bytes of the body.</summary>
    /// <param name="push">The push.</param>
    public static int Measure(PushNotification push)
    {
        var body = new PooledBuffer();
        Render(push, body);
        var size = body.Written.Length;
        body.Return();
        return size;
    }

    private static void WriteNeutral(Utf8JsonWriter writer, PushNotification push)
    {
        writer.WriteStartObject();
        WriteAps(writer, push);

        var image = push.Notification?.Image;
        writer.WriteOptional("image"u8, image);
        foreach (var (key, value) in push.Data ?? EmptyData)
        {
            // The rules refuse both at the door; a record that never passed it must not make a body with a name twice.
            if (key != "aps" && (key != "image" || image is null))
                writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteAps(Utf8JsonWriter writer, PushNotification push)
    {
        writer.WriteStartObject("aps"u8);
        if (push.Notification is { } content)
        {
            if ((content.Title ?? content.Subtitle ?? content.Body) is not null)
            {
                writer.WriteStartObject("alert"u8);
                writer.WriteOptional("title"u8, content.Title);
                writer.WriteOptional("subtitle"u8, content.Subtitle);
                writer.WriteOptional("body"u8, content.Body);
                writer.WriteEndObject();
            }

            if (content.Badge is { } badge)
                writer.WriteNumber("badge"u8, badge);
            writer.WriteOptional("sound"u8, content.Sound);
            if (content.Image is not null)
                writer.WriteNumber("mutable-content"u8, 1); // the app's service extension loads the picture
        }

        if (ApnsPushType.Of(push) == ApnsPushType.Background)
            writer.WriteNumber("content-available"u8, 1);
        writer.WriteEndObject();
    }

    private static readonly Dictionary<string, string> EmptyData = [];
}
