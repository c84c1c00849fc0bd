using System.Text.Json.Serialization;

namespace Dispatcher.Simulator.Fcm;

/// <summary>The body of <c>PUT /quotas</c>; what is absent is not limited.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record QuotaLimits
{
    public int? ProjectPerMinute { get; init; }

    public int? DevicePerMinute { get; init; }

    public int? DevicePerHour { get; init; }

    internal bool IsOff => this is { ProjectPerMinute: null, DevicePerMinute: null, DevicePerHour: null };

    /// <summary>Says what cannot be, or <see langword="null"/>.</summary>
    public string? Problem() => this is { ProjectPerMinute: < 0 } or { DevicePerMinute: < 0 } or { DevicePerHour: < 0 } ? "quotas must not be negative" : null;
}
