using System.Collections.Frozen;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>What a reason says about the push, the app or the connection.</summary>
internal enum ApnsMeaning
{
    /// <summary>APNs will never take this push as it is.</summary>
    Rejected,

    /// <summary>The token is dead.</summary>
    Unregistered,

    /// <summary>Our credential is wrong.</summary>
    Misconfigured,

    /// <summary>The topic is wrong: ours, or one that the push brought.</summary>
    TopicRefused,

    /// <summary>Not processed, and nothing is wrong with the push.</summary>
    NotSent,

    /// <summary>APNs cannot at the moment.</summary>
    Unavailable,

    /// <summary>Too fast for one device.</summary>
    DeviceThrottled,

    /// <summary>Too fast for the app's credential.</summary>
    AppThrottled,
}

/// <summary>One reason that APNs gives.</summary>
/// <param name="Status">The status that it comes with. The reason decides, not the status.</param>
/// <param name="Name">The word.</param>
/// <param name="Meaning">What it says.</param>
internal sealed record ApnsReason(int Status, string Name, ApnsMeaning Meaning)
{
    /// <summary>Whether the connection that brought it is of no further use.</summary>
    public bool SpoilsConnection { get; init; }
}

/// <summary>
/// Every reason that APNs documents or was seen to give; docs/provider-answers.md has the same rows. Sources: Apple, "Handling notification
/// responses from APNs" and "Handling error responses from APNs" (broadcasts and channels).
/// </summary>
internal static class ApnsReasons
{
    public const string ExpiredProviderToken = "ExpiredProviderToken";

    /// <summary>Ours: the app's certificate has ended.</summary>
    public const string CertificateExpired = "CertificateExpired";

    /// <summary>The reasons that only broadcasts and the management of channels have.</summary>
    public static readonly IReadOnlyList<ApnsReason> Broadcasts =
    [
        new(400, "MissingChannelId", ApnsMeaning.Rejected),
        new(400, "BadChannelId", ApnsMeaning.Rejected),
        new(400, "ChannelNotRegistered", ApnsMeaning.Rejected),
        new(400, "BadRequestParams", ApnsMeaning.Rejected),
        new(400, "BadRequestPayload", ApnsMeaning.Rejected),
        new(400, "MissingPushType", ApnsMeaning.Rejected),
        new(400, "CannotCreateChannelConfig", ApnsMeaning.Rejected),

        // Not "misconfigured": that would stop the app's other pushes, with which nothing is wrong.
        new(400, "FeatureNotEnabled", ApnsMeaning.Rejected), // Apple's spelling
        new(400, "BroadcastFeatureNotEnabled", ApnsMeaning.Rejected), // that of servers
        new(403, "TopicMismatch", ApnsMeaning.TopicRefused),
    ];

    /// <summary>The rows.</summary>
    public static readonly IReadOnlyList<ApnsReason> All =
    [
        new(410, "Unregistered", ApnsMeaning.Unregistered),
        new(410, "ExpiredToken", ApnsMeaning.Unregistered), // documented under 400 in 2023

        // Not "unregistered": one wrong environment setting would forget every token.
        new(400, "BadDeviceToken", ApnsMeaning.Rejected),
        new(400, "DeviceTokenNotForTopic", ApnsMeaning.Rejected),

        new(400, "BadCollapseId", ApnsMeaning.Rejected),
        new(400, "BadExpirationDate", ApnsMeaning.Rejected),
        new(400, "BadMessageId", ApnsMeaning.Rejected),
        new(400, "BadPriority", ApnsMeaning.Rejected),
        new(400, "DuplicateHeaders", ApnsMeaning.Rejected),
        new(400, "InvalidPushType", ApnsMeaning.Rejected),
        new(400, "MissingDeviceToken", ApnsMeaning.Rejected),
        new(400, "MissingTopic", ApnsMeaning.Rejected),
        new(400, "PayloadEmpty", ApnsMeaning.Rejected),
        new(404, "BadPath", ApnsMeaning.Rejected),
        new(405, "MethodNotAllowed", ApnsMeaning.Rejected),
        new(413, "PayloadTooLarge", ApnsMeaning.Rejected),

        new(400, "BadTopic", ApnsMeaning.TopicRefused),
        new(400, "TopicDisallowed", ApnsMeaning.TopicRefused),

        new(403, "BadCertificate", ApnsMeaning.Misconfigured),
        new(403, "BadCertificateEnvironment", ApnsMeaning.Misconfigured),
        new(403, "Forbidden", ApnsMeaning.Misconfigured),
        new(403, "InvalidProviderToken", ApnsMeaning.Misconfigured),
        new(403, "MissingProviderToken", ApnsMeaning.Misconfigured),
        new(403, "BadEnvironmentKeyIdInToken", ApnsMeaning.Misconfigured), // Apple's spelling
        new(403, "BadEnvironmentKeyInToken", ApnsMeaning.Misconfigured), // that of servers

        // Another connection will do, with a new token where that was refused.
        new(403, ExpiredProviderToken, ApnsMeaning.NotSent) { SpoilsConnection = true },
        new(400, "IdleTimeout", ApnsMeaning.NotSent) { SpoilsConnection = true },
        new(403, "UnrelatedKeyIdInToken", ApnsMeaning.Unavailable) { SpoilsConnection = true },

        new(429, "TooManyRequests", ApnsMeaning.DeviceThrottled),
        new(429, "TooManyProviderTokenUpdates", ApnsMeaning.AppThrottled),
        new(500, "InternalServerError", ApnsMeaning.Unavailable),
        new(503, "ServiceUnavailable", ApnsMeaning.Unavailable),
        new(503, "Shutdown", ApnsMeaning.Unavailable) { SpoilsConnection = true },
        .. Broadcasts,
    ];

    private static readonly FrozenDictionary<string, ApnsReason> ByName = All.ToFrozenDictionary(reason => reason.Name, StringComparer.Ordinal);

    /// <summary>The row of a reason; <see langword="null"/> for one that is not known.</summary>
    public static ApnsReason? Find(string name) => ByName.GetValueOrDefault(name);
}
