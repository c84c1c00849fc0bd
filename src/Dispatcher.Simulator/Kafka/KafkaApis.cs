using System.Text.Json;

namespace Dispatcher.Simulator.Kafka;

/// <summary>Reads which kind of request is meant, by its name or by its number.</summary>
internal static class KafkaApis
{
    /// <summary>Beyond every number that the protocol has given away yet.</summary>
    public const KafkaApi Last = (KafkaApi)127;

    /// <summary>For an error message.</summary>
    public static readonly string Expected = $"api must be a number from 0 to {(short)Last} or one of {string.Join(", ", Enum.GetNames<KafkaApi>())}";

    /// <summary><see langword="null"/> for what is neither.</summary>
    public static KafkaApi? Read(string? text) =>
        Enum.TryParse<KafkaApi>(text, ignoreCase: true, out var api) && api is >= 0 and <= Last ? api : null;

    /// <inheritdoc cref="Read(string?)"/>
    public static KafkaApi? Read(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => Read(json.GetString()),
        JsonValueKind.Number => Read(json.GetRawText()),
        _ => null,
    };
}
