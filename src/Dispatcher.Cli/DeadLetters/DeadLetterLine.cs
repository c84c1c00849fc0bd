using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>A dead letter as one line of JSON. It has no key and no value: those hold the device token.</summary>
internal sealed record DeadLetterLine(
    string Position,
    DateTimeOffset Time,
    string? App,
    string? Tenant,
    string? Provider,
    string? Outcome,
    string Reason,
    int? Status,
    string? Detail,
    int Attempts,
    int Replays,
    DateTimeOffset? FirstFailedAt,
    Guid? Id,
    string Topic,
    int Partition,
    long Offset,
    string? Worker,
    string? TraceParent)
{
    public static string Of(ListedDeadLetter listed)
    {
        var letter = listed.Letter;
        return JsonSerializer.Serialize(
            new DeadLetterLine(
                DeadLetterPosition.Text(listed.Position),
                letter.LastFailedAt,
                letter.App,
                letter.Tenant,
                letter.Provider,
                letter.Outcome,
                letter.Reason,
                letter.Status,
                letter.Detail,
                letter.Attempts,
                listed.Replays,
                letter.FirstFailedAt,
                letter.PushId,
                letter.OriginalTopic,
                letter.OriginalPartition,
                letter.OriginalOffset,
                letter.Worker,
                letter.TraceParent),
            DeadLetterJson.Default.DeadLetterLine);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeadLetterLine))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;
