using System.Text.Json;
using System.Text.Json.Serialization;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>A dead letter as one line of JSON. It has no key and no value: those hold the device token.</summary>
internal sealed record DeadLetterLine(
    DateTimeOffset Time,
    string? App,
    string? Tenant,
    string? Provider,
    string? Outcome,
    string Reason,
    int? Status,
    string? Detail,
    int Attempts,
    DateTimeOffset? FirstFailedAt,
    Guid? Id,
    string Topic,
    int Partition,
    long Offset,
    string? Worker,
    string? TraceParent)
{
    public static string Of(DeadLetter letter) => JsonSerializer.Serialize(
        new DeadLetterLine(
            letter.LastFailedAt,
            letter.App,
            letter.Tenant,
            letter.Provider,
            letter.Outcome,
            letter.Reason,
            letter.Status,
            letter.Detail,
            letter.Attempts,
            letter.FirstFailedAt,
            letter.PushId,
            letter.OriginalTopic,
            letter.OriginalPartition,
            letter.OriginalOffset,
            letter.Worker,
            letter.TraceParent),
        DeadLetterJson.Default.DeadLetterLine);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeadLetterLine))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;
