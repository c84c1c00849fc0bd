using System.Text.Json.Serialization;

namespace Dispatcher.Simulator.Wire;

/// <summary>How a provider's front end treats its connections: <c>GET</c> and <c>PUT /wire/{provider}</c>. Limits of streams hold for open
/// connections at once, everything else for those opened from then on. What is absent never happens.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WireProfile
{
    /// <summary>APNs as it is seen today: one stream until a push with a valid provider token, then 1000, and one again after an error.</summary>
    public static readonly WireProfile Apns = new() { MaxStreams = 1000, FirstStreams = 1, StreamsAfterError = 1 };

    /// <summary>Google's front end: 100 streams, an hour of age, four minutes of idleness, and no patience with PINGs.</summary>
    public static readonly WireProfile Fcm = new()
    {
        MaxStreams = 100,
        Excess = ExcessStreams.GoAway,
        PingsWithoutRequest = 3,
        IdleMs = 240_000,
        MaxAgeMs = 3_600_000,
        MaxHeaderListBytes = 65_536,
        PingsAfterAnswer = true,
        EndsBodyApart = true,
    };

    /// <summary>SETTINGS_MAX_CONCURRENT_STREAMS; 0 lets nobody in.</summary>
    public int MaxStreams { get; init; } = 100;

    /// <summary>The limit until a push with a valid credential was answered.</summary>
    public int? FirstStreams { get; init; }

    /// <summary>The limit after a 4xx, until a push is accepted; a 410 is no error.</summary>
    public int? StreamsAfterError { get; init; }

    /// <summary>What happens to a stream beyond the limit.</summary>
    public ExcessStreams Excess { get; init; }

    /// <summary>GOAWAY after so many 4xx in a row; a 410 is no error.</summary>
    public int? ErrorsUntilGoAway { get; init; }

    /// <summary>GOAWAY ENHANCE_YOUR_CALM at so many PINGs without a request between them.</summary>
    public int? PingsWithoutRequest { get; init; }

    /// <summary>GOAWAY after so long without a request.</summary>
    public int? IdleMs { get; init; }

    /// <summary>GOAWAY at that age.</summary>
    public int? MaxAgeMs { get; init; }

    /// <summary>Time before the server's SETTINGS; nothing is read until then.</summary>
    public int SettingsDelayMs { get; init; }

    /// <summary>Off: connections are taken and never spoken to.</summary>
    public bool SendsSettings { get; init; } = true;

    /// <summary>SETTINGS_MAX_HEADER_LIST_SIZE; more is answered 431. What APNs was seen to announce.</summary>
    public int MaxHeaderListBytes { get; init; } = 8000;

    /// <summary>A PING to the client after an answer, unless one is under way.</summary>
    public bool PingsAfterAnswer { get; init; }

    /// <summary>The stream ends with an empty DATA frame of its own.</summary>
    public bool EndsBodyApart { get; init; }

    /// <summary>Says what cannot be simulated, or <see langword="null"/>.</summary>
    public string? Problem() => this switch
    {
        { MaxStreams: < 0 } or { FirstStreams: < 0 } or { StreamsAfterError: < 0 } => "limits of streams must not be negative",
        { ErrorsUntilGoAway: < 1 } or { PingsWithoutRequest: < 1 } => "errorsUntilGoAway and pingsWithoutRequest must be at least 1",
        { IdleMs: < 1 } or { MaxAgeMs: < 1 } => "idleMs and maxAgeMs must be at least 1",
        { SettingsDelayMs: < 0 } => "settingsDelayMs must not be negative",
        { MaxHeaderListBytes: < 256 or > 1_048_576 } => "maxHeaderListBytes must be 256 to 1048576",
        _ when !Enum.IsDefined(Excess) => "excess must be refuse or goaway",
        _ => null,
    };
}
