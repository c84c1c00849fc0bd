using System.Text.Json;
using Dispatcher.Core.Providers;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Content;

/// <summary>Lays one content over another: what the upper one has counts, objects and data merge.</summary>
internal static class Overlay
{
    /// <summary>Lays data over data.</summary>
    public static IReadOnlyDictionary<string, string>? Data(IReadOnlyDictionary<string, string>? over, IReadOnlyDictionary<string, string>? under)
    {
        if (over is null or { Count: 0 } || under is null or { Count: 0 })
            return over is { Count: > 0 } ? over : under ?? over;
        var merged = new Dictionary<string, string>(under, StringComparer.Ordinal);
        foreach (var (key, value) in over)
            merged[key] = value;
        return merged;
    }

    /// <summary>Lays what is said in APNs' own words over the same; payloads merge.</summary>
    public static ApnsOverrides? Apns(ApnsOverrides? over, ApnsOverrides? under) => (over, under) switch
    {
        (null, _) => under,
        (_, null) => over,
        _ => new ApnsOverrides
        {
            PushType = over.PushType ?? under.PushType,
            Topic = over.Topic ?? under.Topic,
            Priority = over.Priority ?? under.Priority,
            Expiration = over.Expiration ?? under.Expiration,
            CollapseId = over.CollapseId ?? under.CollapseId,
            Payload = Merged(over.Payload, under.Payload),
        },
    };

    /// <summary>Lays what is said in FCM's own words over the same, whichever of the two spellings either uses.</summary>
    public static JsonElement? Fcm(JsonElement? over, JsonElement? under) => (over, under) switch
    {
        (null, _) => under,
        (_, null) => over,
        _ => FcmPayload.Compose(under.Value, over.Value),
    };

    private static JsonElement? Merged(JsonElement? over, JsonElement? under) => (over, under) switch
    {
        (null, _) => under,
        (_, null) => over,
        _ => JsonMergePatch.Compose(under.Value, over.Value),
    };
}
