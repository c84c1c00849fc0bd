using System.Text.Json.Serialization;

namespace Dispatcher.Simulator.Wire;

/// <summary>How connections are to go away: the body of <c>POST /wire/{provider}/goaway</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record GoAwayOrder
{
    /// <summary>HTTP/2 error code.</summary>
    public int Code { get; init; }

    /// <summary>Debug data; APNs sends <c>{"reason":"Shutdown"}</c>.</summary>
    public string? Debug { get; init; }

    /// <summary>Absent: the newest stream. Never below one that the ledger knows: what was processed is not disowned.</summary>
    public int? LastStreamId { get; init; }

    /// <summary>What then becomes of the connection.</summary>
    public GoAwayEnd Then { get; init; }

    /// <summary>Says what cannot be done, or <see langword="null"/>.</summary>
    public string? Problem() => this switch
    {
        { Code: < 0 or > (int)Http2Error.Http11Required } => $"code must be 0 to {(int)Http2Error.Http11Required}",
        { LastStreamId: < 0 } => "lastStreamId must not be negative",
        _ when !Enum.IsDefined(Then) => "then must be drain, close, drop or linger",
        _ => null,
    };
}
