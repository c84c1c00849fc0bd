using System.Text.Json.Serialization;

namespace Dispatcher.Simulator.Wire;

/// <summary>What happens to a stream beyond the limit.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExcessStreams>))]
public enum ExcessStreams
{
    /// <summary>RST_STREAM with REFUSED_STREAM.</summary>
    [JsonStringEnumMemberName("refuse")]
    Refuse,

    /// <summary>GOAWAY PROTOCOL_ERROR with debug data <c>exceeded_max_concurrent_streams</c>; what is in flight below it is answered.</summary>
    [JsonStringEnumMemberName("goaway")]
    GoAway,
}
