using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Dispatcher.Core.Pushes;

/// <summary>
/// The wire form of a push: one JSON object in UTF-8, as it lies in Kafka. Services may write it themselves; what they leave out has
/// a default, what is wrong is said, and members that this version does not know are ignored.
/// </summary>
public static class PushJson
{
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = PlainJsonEncoder.Instance,
        SkipValidation = true,
    };

    private const int MaxBufferKept = 16 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _json;

    /// <summary>Writes a push.</summary>
    /// <param name="push">The push.</param>
    /// <param name="output">Where the bytes go.</param>
    public static void Encode(PushNotification push, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, WriterOptions);
        Write(push, json);
    }

    /// <summary>Writes a push as a record's value. The thread's own writer and buffer, where they are not too large to keep: 1.4 KB less a push.</summary>
    /// <param name="push">The push.</param>
    public static byte[] Encode(PushNotification push)
    {
        var buffer = _buffer ?? new ArrayBufferWriter<byte>(1024);
        var json = _json ?? new Utf8JsonWriter(buffer, WriterOptions);
        (_buffer, _json) = (null, null); // after an exception they are left to the garbage collector
        Write(push, json);
        json.Flush();
        var value = buffer.WrittenSpan.ToArray();
        if (buffer.Capacity > MaxBufferKept)
            return value;
        buffer.ResetWrittenCount();
        json.Reset();
        (_buffer, _json) = (buffer, json);
        return value;
    }

    private static void Write(PushNotification push, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("v"u8, PushNotification.SchemaVersion);
        json.WriteString("id"u8, push.Id);
        json.WriteString("app"u8, push.App);
        json.WriteString(push.Target.Word, push.Target.Value);
        json.WriteString("acceptedAt"u8, push.AcceptedAt.UtcDateTime);
        if (push.SendAt is { } sendAt)
            json.WriteString("sendAt"u8, sendAt.UtcDateTime);
        if (push.TimeToLive is { } timeToLive)
            json.WriteNumber("timeToLive"u8, timeToLive);
        if (push.Priority is { } priority)
            json.WriteString("priority"u8, priority == PushPriority.High ? "high"u8 : "normal"u8);
        if (push.CollapseKey is { } collapseKey)
            json.WriteString("collapseKey"u8, collapseKey);
        if (push.Notification is { } notification)
            WriteNotification(json, notification);
        if (push.Data is { } data)
            WriteData(json, data);
        if (push.Apns is { } apns)
            WriteApns(json, apns);
        if (push.Fcm is { } fcm)
        {
            json.WritePropertyName("fcm"u8);
            fcm.WriteTo(json);
        }

        if (push.ValidateOnly)
            json.WriteBoolean("validateOnly"u8, true);
        json.WriteEndObject();
    }

    /// <summary>The size of a push as written.</summary>
    /// <param name="push">The push.</param>
    public static int Measure(PushNotification push)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        Encode(push, output);
        return output.WrittenCount;
    }

    /// <summary>Reads a push.</summary>
    /// <param name="utf8">The record's value.</param>
    /// <param name="acceptedAtIfAbsent">For records whose producer did not say when it accepted them: the record's timestamp.</param>
    /// <param name="push">The push, when the bytes are one.</param>
    /// <param name="problem">Otherwise what is wrong, without any of the content.</param>
    public static bool TryDecode(
        ReadOnlySpan<byte> utf8,
        DateTimeOffset acceptedAtIfAbsent,
        [NotNullWhen(true)] out PushNotification? push,
        [NotNullWhen(false)] out string? problem)
    {
        try
        {
            push = PushReader.Read(utf8, acceptedAtIfAbsent);
            problem = null;
            return true;
        }
        catch (InvalidPushException e)
        {
            problem = e.Message;
        }
        catch (JsonException e)
        {
            problem = $"not valid JSON at byte {e.BytePositionInLine} of line {e.LineNumber}";
        }
        catch (InvalidOperationException)
        {
            problem = "has a string that is not valid Unicode"; // how the reader reports bytes and surrogates it cannot transcode
        }

        push = null;
        return false;
    }

    /// <summary>The app of a push, without reading more of it than necessary.</summary>
    /// <param name="utf8">The record's value.</param>
    /// <returns>The app as it stands there, UTF-8; empty when it is not found, for which <see cref="TryDecode"/> says why.</returns>
    public static ReadOnlySpan<byte> PeekApp(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var json = new Utf8JsonReader(utf8);
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1)
                    continue;
                var isApp = json.ValueTextEquals("app"u8);
                json.Read();
                if (isApp)
                    return json.TokenType == JsonTokenType.String ? json.ValueSpan : default;
                json.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Decoding says what is wrong; the second is how the reader reports a name that is not valid Unicode.
        }

        return default;
    }

    private static void WriteNotification(Utf8JsonWriter json, NotificationContent notification)
    {
        json.WriteStartObject("notification"u8);
        WriteOptional(json, "title"u8, notification.Title);
        WriteOptional(json, "subtitle"u8, notification.Subtitle);
        WriteOptional(json, "body"u8, notification.Body);
        WriteOptional(json, "image"u8, notification.Image);
        WriteOptional(json, "sound"u8, notification.Sound);
        if (notification.Badge is { } badge)
            json.WriteNumber("badge"u8, badge);
        json.WriteEndObject();
    }

    private static void WriteData(Utf8JsonWriter json, IReadOnlyDictionary<string, string> data)
    {
        json.WriteStartObject("data"u8);
        foreach (var (key, value) in data)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteApns(Utf8JsonWriter json, ApnsOverrides apns)
    {
        json.WriteStartObject("apns"u8);
        WriteOptional(json, "pushType"u8, apns.PushType);
        WriteOptional(json, "topic"u8, apns.Topic);
        if (apns.Priority is { } priority)
            json.WriteNumber("priority"u8, priority);
        if (apns.Expiration is { UnixSeconds: { } seconds })
            json.WriteNumber("expiration"u8, seconds);
        else if (apns.Expiration is not null)
            json.WriteString("expiration"u8, ApnsExpiration.NoneWord);
        WriteOptional(json, "collapseId"u8, apns.CollapseId);
        if (apns.Payload is { } payload)
        {
            json.WritePropertyName("payload"u8);
            payload.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }
}
