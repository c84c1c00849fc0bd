using System.Text.Json.Serialization;

namespace Dispatcher.Simulator.Wire;

/// <summary>The last stream that a fault's GOAWAY names.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GoAwayReach>))]
public enum GoAwayReach
{
    /// <summary>The struck request: it is processed, and so is what came before it.</summary>
    [JsonStringEnumMemberName("struck")]
    Struck,

    /// <summary>The one before: the struck request and what comes after it are certainly not processed.</summary>
    [JsonStringEnumMemberName("before")]
    Before,
}
