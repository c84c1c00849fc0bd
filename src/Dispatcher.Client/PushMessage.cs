using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dispatcher.Client;

/// <summary>How soon a push matters.</summary>
public enum PushClass
{
    /// <summary>Now: it goes before everything bulk.</summary>
    Urgent,

    /// <summary>When there is time.</summary>
    Bulk,
}

/// <summary>Whether a push may wake the device.</summary>
public enum PushPriority
{
    /// <summary>It may.</summary>
    High,

    /// <summary>It waits until the device is awake.</summary>
    Normal,
}

/// <summary>One request: the same push for one target or up to 1,000. What it may hold, Dispatcher's documentation says.</summary>
public sealed record PushMessage
{
    private ReadOnlyMemory<byte> _json;

    /// <summary>Whom it is for.</summary>
    public IReadOnlyList<PushTarget> To { get; init; } = [];

    /// <summary>What the device shows.</summary>
    public Notification? Notification { get; init; }

    /// <summary>Data for the app.</summary>
    public IReadOnlyDictionary<string, string>? Data { get; init; }

    /// <summary>How soon it matters; urgent without.</summary>
    public PushClass? Class { get; init; }

    /// <summary>Whether it may wake the device.</summary>
    public PushPriority? Priority { get; init; }

    /// <summary>How long it is worth delivering, in whole seconds up to 28 days.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>When it is to be sent, up to 30 days ahead; now without.</summary>
    public DateTimeOffset? SendAt { get; init; }

    /// <summary>A later push with the same key replaces this one on the device.</summary>
    public string? CollapseKey { get; init; }

    /// <summary>The language of those whose target names none.</summary>
    public string? Locale { get; init; }

    /// <summary>The name of a template in Dispatcher's configuration.</summary>
    public string? Template { get; init; }

    /// <summary>Values for the template's placeholders.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }

    /// <summary>In Apple's own words, over what the other members render.</summary>
    public JsonObject? Apns { get; init; }

    /// <summary>In Firebase's own words, over what the other members render.</summary>
    public JsonObject? Fcm { get; init; }

    /// <summary>
    /// Names the message: sent again with the same key, it has the same ids and goes out once. Without it the client makes one
    /// (<see cref="DispatcherClientOptions.IdempotencyKeys"/>), which lasts as long as the call; give your own to repeat it after a crash.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Further members of the request, for what this version of the client does not know.</summary>
    public JsonObject? More { get; init; }

    /// <summary>Whether it is a request's JSON as the caller wrote it.</summary>
    public bool IsJson => !_json.IsEmpty;

    /// <summary>A message that is JSON already, sent as it is but for the idempotency key. The API judges it.</summary>
    /// <param name="utf8">The body of <c>POST /push</c>. It is not copied, so leave it alone until the message is answered.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public static PushMessage FromJson(ReadOnlyMemory<byte> utf8) =>
        utf8.IsEmpty ? throw new ArgumentException("A message has at least {}.", nameof(utf8)) : new PushMessage { _json = utf8 };

    /// <summary>Tells whom it is for, without tokens.</summary>
    public override string ToString() => IsJson ? $"{_json.Length} bytes of JSON" : $"a push for {string.Join(", ", To.Take(3))}{(To.Count > 3 ? ", …" : "")}";

    /// <summary>About how many bytes it has: enough to bound what is kept.</summary>
    internal int Size => IsJson ? _json.Length : 1024 + (To.Count * 256);

    /// <summary>Writes the request's body.</summary>
    /// <param name="output">Where.</param>
    /// <param name="idempotencyKey">The key, unless the message brings one.</param>
    internal void Write(IBufferWriter<byte> output, string? idempotencyKey)
    {
        if (IsJson)
        {
            RawMessage.Write(_json.Span, output, IdempotencyKey ?? idempotencyKey);
            return;
        }

        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        WriteTargets(json);
        if (Notification is not null)
        {
            json.WritePropertyName("notification"u8);
            Notification.Write(json);
        }

        json.WriteTexts("data", Data);
        json.WriteText("class", Class?.ToString().ToLowerInvariant());
        json.WriteText("priority", Priority?.ToString().ToLowerInvariant());
        if (TimeToLive is { } timeToLive)
            json.WriteNumber("timeToLive"u8, (long)timeToLive.TotalSeconds);
        if (SendAt is { } sendAt)
            json.WriteString("sendAt"u8, sendAt.UtcDateTime);
        json.WriteText("collapseKey", CollapseKey);
        json.WriteText("locale", Locale);
        json.WriteText("template", Template);
        json.WriteTexts("variables", Variables);
        json.WriteNode("apns", Apns);
        json.WriteNode("fcm", Fcm);
        json.WriteText("idempotencyKey", IdempotencyKey ?? idempotencyKey);
        foreach (var (name, node) in More ?? [])
            json.WriteNode(name, node);
        json.WriteEndObject();
    }

    private void WriteTargets(Utf8JsonWriter json)
    {
        json.WritePropertyName("to"u8);
        if (To is [var only])
        {
            only.Write(json);
            return;
        }

        json.WriteStartArray();
        foreach (var target in To)
            target.Write(json);
        json.WriteEndArray();
    }
}
