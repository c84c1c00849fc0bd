using System.Text.Json;

namespace Dispatcher.Core.Pushes;

/// <summary>APNs' own words for one push; each replaces what the neutral fields render.</summary>
public sealed record ApnsOverrides
{
    /// <summary><c>apns-push-type</c>; by default <c>alert</c>, or <c>background</c> for a push with nothing to show.</summary>
    public string? PushType { get; init; }

    /// <summary><c>apns-topic</c>; by default the app's bundle id with the suffix that the push type asks for.</summary>
    public string? Topic { get; init; }

    /// <summary><c>apns-priority</c>: 10, 5 or 1.</summary>
    public int? Priority { get; init; }

    /// <summary><c>apns-expiration</c>; by default derived from the time to live.</summary>
    public ApnsExpiration? Expiration { get; init; }

    /// <summary><c>apns-collapse-id</c>, at most <see cref="PushLimits.ApnsCollapseIdBytes"/> bytes.</summary>
    public string? CollapseId { get; init; }

    /// <summary>A JSON object merged over the rendered payload (RFC 7396: objects merge, null removes, anything else replaces).</summary>
    public JsonElement? Payload { get; init; }
}
