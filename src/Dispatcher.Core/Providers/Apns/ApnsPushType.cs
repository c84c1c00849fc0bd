using System.Collections.Frozen;
using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>
/// A value of <c>apns-push-type</c> and what it asks for. Source: Apple, "Sending notification requests to APNs", and the page of each type.
/// </summary>
/// <param name="Name">The header.</param>
/// <param name="TopicSuffix">What follows the bundle id in the topic.</param>
internal sealed record ApnsPushType(string Name, string TopicSuffix)
{
    // How the bundle ids of things that are no apps begin.
    private const string PassTypePrefix = "pass.";
    private const string MdmTopicPrefix = "com.apple.mgmt.";

    /// <summary>Something to see, hear or count.</summary>
    public static readonly ApnsPushType Alert = new("alert", "");

    /// <summary>Wakes the app, which nobody notices.</summary>
    public static readonly ApnsPushType Background = new("background", "") { OnlyPriority = 5, IsSilent = true, Flag = "content-available" };

    /// <summary>An incoming call.</summary>
    public static readonly ApnsPushType Voip = new("voip", ".voip") { MaxBytes = PushLimits.ApnsVoipPayloadBytes };

    /// <summary>Starts, updates or ends a Live Activity.</summary>
    public static readonly ApnsPushType LiveActivity = new("liveactivity", ".push-type.liveactivity") { Demands = ApnsSignIn.Key };

    /// <summary>Has a managed device call its server.</summary>
    public static readonly ApnsPushType Mdm = new("mdm", "") { Demands = ApnsSignIn.Certificate, IsSilent = true, HasAps = false };

    /// <summary>Has Wallet fetch a pass again. It has no header value of its own; libraries for passes send this one.</summary>
    public static readonly ApnsPushType PassUpdate =
        new("background", "") { OnlyPriority = 5, IsSilent = true, NeedsNoContent = true, HasAps = false };

    /// <summary>Data for a watch's face. Its suffix is an option: Apple prints "h.complication", every client in use sends this.</summary>
    public static readonly ApnsPushType Complication = new("complication", ".complication");

    private static readonly FrozenDictionary<string, ApnsPushType> ByName = new[]
    {
        Alert,
        Background,
        Voip,
        Complication,
        new("fileprovider", ".pushkit.fileprovider") { DefaultPriority = 5 },
        Mdm,
        LiveActivity,
        new("pushtotalk", ".voip-ptt") { Demands = ApnsSignIn.Key, DefaultPriority = 10, DefaultExpiration = 0 },
        new("location", ".location-query")
        {
            Demands = ApnsSignIn.Key, DefaultExpiration = 0, IsSilent = true, NeedsNoContent = true,
        },
        new("controls", ".push-type.controls")
        {
            Demands = ApnsSignIn.Key, IsSilent = true, NeedsNoContent = true, Flag = "content-changed",
        },
        new("widgets", ".push-type.widgets")
        {
            Demands = ApnsSignIn.Key, IsSilent = true, NeedsNoContent = true, Flag = "content-changed",
        },
    }.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>How the app must sign in; <see langword="null"/> when both ways will do.</summary>
    public ApnsSignIn? Demands { get; init; }

    /// <summary>The one priority that is allowed.</summary>
    public int? OnlyPriority { get; init; }

    /// <summary>The priority of a push that asks for none.</summary>
    public int? DefaultPriority { get; init; }

    /// <summary>The expiration of a push that says nothing about it: what comes late is of no use.</summary>
    public long? DefaultExpiration { get; init; }

    /// <summary>Whether it shows, plays and counts nothing.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Whether the type alone says everything.</summary>
    public bool NeedsNoContent { get; init; }

    /// <summary>Whether its body has an <c>aps</c>, and takes what the neutral fields render.</summary>
    public bool HasAps { get; init; } = true;

    /// <summary>The member of <c>aps</c> that makes it what it is.</summary>
    public string? Flag { get; init; }

    /// <summary>The largest body.</summary>
    public int MaxBytes { get; init; } = PushLimits.ApnsPayloadBytes;

    /// <summary>The types, for tests.</summary>
    public static IEnumerable<ApnsPushType> All => ByName.Values;

    /// <summary>The type with a name; <see langword="null"/> where Apple has none.</summary>
    public static ApnsPushType? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>
    /// The type of a push: its own, or that of its topic, or by whether there is something to see, hear or count. One that Apple does not
    /// have is sent as it is, for APNs to refuse.
    /// </summary>
    public static ApnsPushType Of(PushNotification push, string bundleId) => push.Apns?.PushType switch
    {
        null or "background" when OfTopic(bundleId) is { } only && (push.Apns?.PushType is null || only == PassUpdate) => only,
        { } name => Find(name) ?? new(name, ""),
        null when push.Target.Kind == TargetKind.Channel => LiveActivity,
        null => ShowsSomething(push) ? Alert : Background,
    };

    /// <summary>The only type of a topic that is not an app's; <see langword="null"/> for an app's.</summary>
    public static ApnsPushType? OfTopic(string bundleId) =>
        bundleId.StartsWith(PassTypePrefix, StringComparison.Ordinal) ? PassUpdate
        : bundleId.StartsWith(MdmTopicPrefix, StringComparison.Ordinal) ? Mdm
        : null;

    /// <summary>Whether a rendered body has something to see, hear or count.</summary>
    public static bool ShowsSomething(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object
        && body.TryGetProperty("aps", out var aps)
        && aps.ValueKind == JsonValueKind.Object
        && (Has(aps, "alert") || Has(aps, "sound") || Has(aps, "badge"));

    private static bool ShowsSomething(PushNotification push) =>
        push.Notification is { } content
            && ((content.Title ?? content.Subtitle ?? content.Body ?? content.Sound) is not null || content.Badge is not null)
        || push.Apns?.Payload is { } payload && ShowsSomething(payload);

    private static bool Has(JsonElement aps, string name) => aps.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;
}

/// <summary>The two ways to sign in at APNs.</summary>
internal enum ApnsSignIn
{
    /// <summary>Provider tokens, signed with a key.</summary>
    Key,

    /// <summary>A certificate.</summary>
    Certificate,
}
