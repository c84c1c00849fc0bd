using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Kafka;

/// <summary>The final outcome of one push: a record of the results topic, keyed by nothing, JSON in UTF-8. A struct, because a worker writes one a push and drops it.</summary>
/// <param name="Id">The push.</param>
/// <param name="App">Its app.</param>
/// <param name="Lane">The lane it came by, e.g. <c>apns.urgent</c>.</param>
/// <param name="Target">The hash of its target; never the token.</param>
/// <param name="Outcome">The last outcome.</param>
/// <param name="DeadLettered">Whether it lies in a dead-letter topic.</param>
/// <param name="ProviderId">The provider's id of an accepted push.</param>
/// <param name="Reason">Why it was not accepted.</param>
/// <param name="Status">The HTTP status of the last answer.</param>
/// <param name="Attempts">How many requests left for the provider.</param>
/// <param name="AcceptedAt">When the API answered 202.</param>
/// <param name="SettledAt">When the outcome was final.</param>
public readonly record struct PushResult(
    Guid Id,
    string App,
    string Lane,
    string Target,
    OutcomeKind Outcome,
    bool DeadLettered,
    string? ProviderId,
    string? Reason,
    int? Status,
    int Attempts,
    DateTimeOffset AcceptedAt,
    DateTimeOffset SettledAt)
{
    private const int MaxBufferKept = 16 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _json;

    /// <summary>What the target is addressed by.</summary>
    public TargetKind Kind { get; init; }

    /// <summary>Whether the push was only checked: accepted then means that it would have been taken, and nobody gets it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ValidateOnly { get; init; }

    /// <summary>The record's value.</summary>
    public byte[] ToJson() => Write().ToArray();

    /// <summary>The record's value in the thread's own buffer, which holds it until the thread writes its next result.</summary>
    public ReadOnlySpan<byte> Write()
    {
        var buffer = _buffer ?? new ArrayBufferWriter<byte>(512);
        var json = _json ?? new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        (_buffer, _json) = (null, null); // after an exception they are left to the garbage collector
        buffer.ResetWrittenCount();
        json.Reset();
        Write(json);
        json.Flush();
        if (buffer.Capacity <= MaxBufferKept)
            (_buffer, _json) = (buffer, json);
        return buffer.WrittenSpan;
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id);
        json.WriteString("app"u8, App);
        json.WriteString("lane"u8, Lane);
        json.WriteString("target"u8, Target);
        json.WriteString("outcome"u8, OutcomeTable.Word(Outcome));
        json.WriteBoolean("deadLettered"u8, DeadLettered);
        if (ProviderId is { } providerId)
            json.WriteString("providerId"u8, providerId);
        if (Reason is { } reason)
            json.WriteString("reason"u8, reason);
        if (Status is { } status)
            json.WriteNumber("status"u8, status);
        json.WriteNumber("attempts"u8, Attempts);
        json.WriteString("acceptedAt"u8, AcceptedAt);
        json.WriteString("settledAt"u8, SettledAt);
        json.WriteString("kind"u8, Pushes.Target.WordOf(Kind));
        if (ValidateOnly)
            json.WriteBoolean("validateOnly"u8, true);
        json.WriteEndObject();
    }

    /// <summary>Reads a record's value.</summary>
    /// <param name="utf8">The value.</param>
    /// <exception cref="JsonException">It is not a result.</exception>
    public static PushResult Read(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, RecordJson.Default.PushResult);
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    Converters = [typeof(OutcomeConverter), typeof(TargetKindConverter)],
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PushResult))]
[JsonSerializable(typeof(InvalidToken))]
internal sealed partial class RecordJson : JsonSerializerContext;

/// <summary>Outcomes are spelt as in dead letters and metrics: <c>notSent</c>.</summary>
internal sealed class OutcomeConverter() : JsonStringEnumConverter<OutcomeKind>(JsonNamingPolicy.CamelCase);

/// <summary>Kinds of target are spelt as in requests: <c>topic</c>.</summary>
internal sealed class TargetKindConverter() : JsonStringEnumConverter<TargetKind>(JsonNamingPolicy.CamelCase);
