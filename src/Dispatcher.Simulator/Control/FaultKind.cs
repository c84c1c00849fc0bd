using System.Text.Json.Serialization;

namespace Dispatcher.Simulator.Control;

/// <summary>What a fault does to the request that it strikes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultKind>))]
public enum FaultKind
{
    /// <summary>An answer comes, though another or a later one.</summary>
    [JsonStringEnumMemberName("answer")]
    Answer,

    /// <summary>RST_STREAM instead of an answer; the connection stays.</summary>
    [JsonStringEnumMemberName("reset")]
    Reset,

    /// <summary>The connection announces GOAWAY, answers what is in flight, this request included, and closes.</summary>
    [JsonStringEnumMemberName("goaway")]
    GoAway,

    /// <summary>The TCP connection is aborted (RST), with everything in flight on it: a crash, or a middlebox that forgot it.</summary>
    [JsonStringEnumMemberName("drop")]
    Drop,

    /// <summary>The TCP connection is closed (FIN) without GOAWAY, with everything in flight on it.</summary>
    [JsonStringEnumMemberName("close")]
    Close,

    /// <summary>No answer until the client gives up; if the fault is taken away first, the answer comes then.</summary>
    [JsonStringEnumMemberName("stall")]
    Stall,

    /// <summary>The whole connection stands still, read nor written, until the fault is taken away: the client's window and buffers fill.
    /// Only on the wire ports.</summary>
    [JsonStringEnumMemberName("freeze")]
    Freeze,
}
