using System.Text.Json;

namespace Dispatcher.Core.Pushes;

/// <summary>The reading half of <see cref="PushJson"/>: one pass over the bytes, no intermediate document.</summary>
internal static class PushReader
{
    public static PushNotification Read(ReadOnlySpan<byte> utf8, DateTimeOffset acceptedAtIfAbsent)
    {
        var json = new Utf8JsonReader(utf8);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            throw new InvalidPushException("must be a JSON object");

        Guid? id = null;
        string? app = null, collapseKey = null;
        Target? target = null;
        var acceptedAt = acceptedAtIfAbsent;
        DateTimeOffset? sendAt = null;
        int? timeToLive = null;
        PushPriority? priority = null;
        NotificationContent? notification = null;
        Dictionary<string, string>? data = null;
        ApnsOverrides? apns = null;
        JsonElement? fcm = null;
        var validateOnly = false;

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref json, "v"u8))
                CheckVersion(Number(ref json, "v"));
            else if (Is(ref json, "id"u8))
                id = Id(ref json);
            else if (Is(ref json, "app"u8))
                app = Text(ref json, "app");
            else if (Is(ref json, "token"u8))
                target = Whom(ref json, TargetKind.Token, target);
            else if (Is(ref json, "acceptedAt"u8))
                acceptedAt = Instant(ref json, "acceptedAt") ?? acceptedAtIfAbsent;
            else if (Is(ref json, "sendAt"u8))
                sendAt = Instant(ref json, "sendAt");
            else if (Is(ref json, "timeToLive"u8))
                timeToLive = TimeToLive(Number(ref json, "timeToLive"));
            else if (Is(ref json, "priority"u8))
                priority = Priority(ref json);
            else if (Is(ref json, "collapseKey"u8))
                collapseKey = Text(ref json, "collapseKey");
            else if (Is(ref json, "notification"u8))
                notification = Notification(ref json);
            else if (Is(ref json, "data"u8))
                data = Data(ref json);
            else if (Is(ref json, "apns"u8))
                apns = Apns(ref json);
            else if (Is(ref json, "fcm"u8))
                fcm = Object(ref json, "fcm");
            else if (Is(ref json, "validateOnly"u8))
                validateOnly = Flag(ref json, "validateOnly");
            else if (Is(ref json, "topic"u8))
                target = Whom(ref json, TargetKind.Topic, target);
            else if (Is(ref json, "condition"u8))
                target = Whom(ref json, TargetKind.Condition, target);
            else if (Is(ref json, "fid"u8))
                target = Whom(ref json, TargetKind.Fid, target);
            else if (Is(ref json, "channel"u8))
                target = Whom(ref json, TargetKind.Channel, target);
            else
                json.Skip();
        }

        json.Read(); // throws when something follows

        return new PushNotification
        {
            Id = id ?? throw new InvalidPushException("id is missing"),
            App = app is { Length: > 0 } ? app : throw new InvalidPushException("app is missing"),
            Target = target ?? throw new InvalidPushException("token is missing"),
            AcceptedAt = acceptedAt,
            SendAt = sendAt - acceptedAt > TimeSpan.FromDays(PushLimits.MaxDaysAhead)
                ? throw new InvalidPushException($"sendAt must be at most {PushLimits.MaxDaysAhead} days ahead")
                : sendAt,
            TimeToLive = timeToLive,
            Priority = priority,
            CollapseKey = collapseKey,
            Notification = notification,
            Data = data,
            Apns = apns,
            Fcm = fcm,
            ValidateOnly = validateOnly,
        };
    }

    /// <summary>Whether the current member has that name; if so, moves on to its value.</summary>
    private static bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> name) =>
        json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(name) && json.Read();

    private static Target? Whom(ref Utf8JsonReader json, TargetKind kind, Target? other)
    {
        var target = new Target(kind, Text(ref json, Target.WordOf(kind)) ?? "");
        return (target.Value.Length, other) switch
        {
            (0, _) => other, // null and empty are nobody
            (_, null) => target,
            _ => throw new InvalidPushException($"has both a {other.Word} and a {target.Word}"),
        };
    }

    private static void CheckVersion(long? version)
    {
        if (version is < 1 or > PushNotification.SchemaVersion)
            throw new InvalidPushException($"schema version {version} is not one of 1 to {PushNotification.SchemaVersion}");
    }

    private static NotificationContent? Notification(ref Utf8JsonReader json)
    {
        if (!StartsObject(ref json, "notification"))
            return null;
        string? title = null, subtitle = null, body = null, image = null, sound = null;
        int? badge = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref json, "title"u8))
                title = Text(ref json, "notification.title");
            else if (Is(ref json, "subtitle"u8))
                subtitle = Text(ref json, "notification.subtitle");
            else if (Is(ref json, "body"u8))
                body = Text(ref json, "notification.body");
            else if (Is(ref json, "image"u8))
                image = Text(ref json, "notification.image");
            else if (Is(ref json, "sound"u8))
                sound = Text(ref json, "notification.sound");
            else if (Is(ref json, "badge"u8))
                badge = Int(ref json, "notification.badge");
            else
                json.Skip();
        }

        return new NotificationContent { Title = title, Subtitle = subtitle, Body = body, Image = image, Sound = sound, Badge = badge };
    }

    private static Dictionary<string, string>? Data(ref Utf8JsonReader json)
    {
        if (!StartsObject(ref json, "data"))
            return null;
        var data = new Dictionary<string, string>(StringComparer.Ordinal);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var key = json.GetString()!;
            json.Read();
            data[key] = Text(ref json, "data") ?? throw new InvalidPushException("data has a value that is not a string");
        }

        return data;
    }

    private static ApnsOverrides? Apns(ref Utf8JsonReader json)
    {
        if (!StartsObject(ref json, "apns"))
            return null;
        string? pushType = null, topic = null, collapseId = null;
        int? priority = null;
        ApnsExpiration? expiration = null;
        JsonElement? payload = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref json, "pushType"u8))
                pushType = Text(ref json, "apns.pushType");
            else if (Is(ref json, "topic"u8))
                topic = Text(ref json, "apns.topic");
            else if (Is(ref json, "priority"u8))
                priority = Int(ref json, "apns.priority");
            else if (Is(ref json, "expiration"u8))
                expiration = Expiration(ref json);
            else if (Is(ref json, "collapseId"u8))
                collapseId = Text(ref json, "apns.collapseId");
            else if (Is(ref json, "payload"u8))
                payload = Object(ref json, "apns.payload");
            else
                json.Skip();
        }

        return new ApnsOverrides
        {
            PushType = pushType,
            Topic = topic,
            Priority = priority,
            Expiration = expiration,
            CollapseId = collapseId,
            Payload = payload,
        };
    }

    private static bool StartsObject(ref Utf8JsonReader json, string name) => json.TokenType switch
    {
        JsonTokenType.StartObject => true,
        JsonTokenType.Null => false,
        _ => throw new InvalidPushException($"{name} must be an object"),
    };

    private static JsonElement? Object(ref Utf8JsonReader json, string name)
    {
        if (!StartsObject(ref json, name))
            return null;
        var value = JsonElement.ParseValue(ref json);
        // A provider could not send it, and what no provider can send must not wait for one.
        return value.IsUnicode() ? value : throw new InvalidPushException("has a string that is not valid Unicode");
    }

    private static string? Text(ref Utf8JsonReader json, string name) => json.TokenType switch
    {
        JsonTokenType.String => json.GetString(),
        JsonTokenType.Null => null,
        _ => throw new InvalidPushException($"{name} must be a string"),
    };

    private static bool Flag(ref Utf8JsonReader json, string name) => json.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False or JsonTokenType.Null => false,
        _ => throw new InvalidPushException($"{name} must be true or false"),
    };

    private static Guid Id(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.String && json.TryGetGuid(out var id) && id != Guid.Empty
            ? id
            : throw new InvalidPushException("id must be a UUID");

    private static DateTimeOffset? Instant(ref Utf8JsonReader json, string name) => json.TokenType switch
    {
        JsonTokenType.String when json.TryGetDateTimeOffset(out var instant) => instant,
        JsonTokenType.Null => null,
        _ => throw new InvalidPushException($"{name} must be an ISO 8601 instant"),
    };

    private static long? Number(ref Utf8JsonReader json, string name) => json.TokenType switch
    {
        JsonTokenType.Number when json.TryGetInt64(out var number) => number,
        JsonTokenType.Null => null,
        _ => throw new InvalidPushException($"{name} must be a whole number"),
    };

    private static int? Int(ref Utf8JsonReader json, string name) =>
        Number(ref json, name) is var number && number is null or (>= int.MinValue and <= int.MaxValue)
            ? (int?)number
            : throw new InvalidPushException($"{name} is out of range");

    private static ApnsExpiration? Expiration(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.Number when json.TryGetInt64(out var seconds) => new ApnsExpiration(seconds),
        JsonTokenType.String when json.ValueTextEquals(ApnsExpiration.NoneWord) => ApnsExpiration.None,
        JsonTokenType.Null => null,
        _ => throw new InvalidPushException($"apns.expiration must be a whole number or \"{ApnsExpiration.NoneWord}\""),
    };

    private static int? TimeToLive(long? seconds) => seconds is null or (>= 0 and <= PushLimits.MaxTimeToLive)
        ? (int?)seconds
        : throw new InvalidPushException($"timeToLive must be 0 to {PushLimits.MaxTimeToLive} seconds, not {seconds}");

    private static PushPriority? Priority(ref Utf8JsonReader json) => Text(ref json, "priority") switch
    {
        "high" => PushPriority.High,
        "normal" => PushPriority.Normal,
        null => null,
        _ => throw new InvalidPushException("priority must be high or normal"),
    };
}
