using System.Text.Json.Serialization;

namespace Dispatcher.Simulator.Wire;

/// <summary>What becomes of a connection after its GOAWAY.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GoAwayEnd>))]
public enum GoAwayEnd
{
    /// <summary>What is in flight at or below the last stream is answered, then the connection closes.</summary>
    [JsonStringEnumMemberName("drain")]
    Drain,

    /// <summary>Closed at once (FIN): whatever was in flight at or below the last stream may have been processed.</summary>
    [JsonStringEnumMemberName("close")]
    Close,

    /// <summary>The same with a TCP RST.</summary>
    [JsonStringEnumMemberName("drop")]
    Drop,

    /// <summary>Stays open and refuses every new stream, the trap for clients that keep such a session in their pool.</summary>
    [JsonStringEnumMemberName("linger")]
    Linger,
}
