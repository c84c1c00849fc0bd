using System.Text.Json.Serialization;

namespace Dispatcher.Simulator.Control;

/// <summary>When a fault breaks the transport. The client cannot tell the two apart, the ledger can.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultMoment>))]
public enum FaultMoment
{
    /// <summary>Before the provider took the push: the ledger knows nothing of it.</summary>
    [JsonStringEnumMemberName("before")]
    Before,

    /// <summary>After the provider took it: the ledger has it, and what is sent again is a duplicate.</summary>
    [JsonStringEnumMemberName("accepted")]
    Accepted,
}
