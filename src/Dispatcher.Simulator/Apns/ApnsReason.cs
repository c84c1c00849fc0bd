using System.Collections.Frozen;
using System.Text;

namespace Dispatcher.Simulator.Apns;

/// <summary>Why APNs refuses a push: one row of Apple's "Handling notification responses from APNs".</summary>
internal sealed record ApnsReason(int Status, string Name)
{
    public static readonly ApnsReason BadDeviceToken = new(400, nameof(BadDeviceToken));
    public static readonly ApnsReason DeviceTokenNotForTopic = new(400, nameof(DeviceTokenNotForTopic));
    public static readonly ApnsReason BadTopic = new(400, nameof(BadTopic));
    public static readonly ApnsReason BadCollapseId = new(400, nameof(BadCollapseId));
    public static readonly ApnsReason BadExpirationDate = new(400, nameof(BadExpirationDate));
    public static readonly ApnsReason BadMessageId = new(400, nameof(BadMessageId));
    public static readonly ApnsReason BadPriority = new(400, nameof(BadPriority));
    public static readonly ApnsReason DuplicateHeaders = new(400, nameof(DuplicateHeaders));
    public static readonly ApnsReason IdleTimeout = new(400, nameof(IdleTimeout));
    public static readonly ApnsReason InvalidPushType = new(400, nameof(InvalidPushType));
    public static readonly ApnsReason MissingDeviceToken = new(400, nameof(MissingDeviceToken));
    public static readonly ApnsReason MissingTopic = new(400, nameof(MissingTopic));
    public static readonly ApnsReason PayloadEmpty = new(400, nameof(PayloadEmpty));
    public static readonly ApnsReason TopicDisallowed = new(400, nameof(TopicDisallowed));
    public static readonly ApnsReason InvalidProviderToken = new(403, nameof(InvalidProviderToken));
    public static readonly ApnsReason ExpiredProviderToken = new(403, nameof(ExpiredProviderToken));
    public static readonly ApnsReason MissingProviderToken = new(403, nameof(MissingProviderToken));
    public static readonly ApnsReason UnrelatedKeyIdInToken = new(403, nameof(UnrelatedKeyIdInToken));
    public static readonly ApnsReason TooManyProviderTokenUpdates = new(429, nameof(TooManyProviderTokenUpdates));

    // Of channels and broadcasts only. Source: Apple, "Handling error responses from APNs".
    public static readonly ApnsReason MissingChannelId = new(400, nameof(MissingChannelId));
    public static readonly ApnsReason BadChannelId = new(400, nameof(BadChannelId));
    public static readonly ApnsReason ChannelNotRegistered = new(400, nameof(ChannelNotRegistered));
    public static readonly ApnsReason BadRequestPayload = new(400, nameof(BadRequestPayload));
    public static readonly ApnsReason MissingPushType = new(400, nameof(MissingPushType));
    public static readonly ApnsReason CannotCreateChannelConfig = new(400, nameof(CannotCreateChannelConfig));
    public static readonly ApnsReason BadPath = new(404, nameof(BadPath));
    public static readonly ApnsReason MethodNotAllowed = new(405, nameof(MethodNotAllowed));
    public static readonly ApnsReason PayloadTooLarge = new(413, nameof(PayloadTooLarge));

    /// <summary>Every reason by status. The order within a status is the index that scripted tokens use: append, never reorder.</summary>
    public static readonly FrozenDictionary<int, ApnsReason[]> Rows = new[]
    {
        BadDeviceToken, DeviceTokenNotForTopic, BadTopic, BadCollapseId, BadExpirationDate, BadMessageId, BadPriority, DuplicateHeaders,
        IdleTimeout, InvalidPushType, MissingDeviceToken, MissingTopic, PayloadEmpty, TopicDisallowed,
        new(400, "ExpiredToken"), // as documented in 2023; today's status is 410
        InvalidProviderToken, ExpiredProviderToken, MissingProviderToken, new(403, "BadCertificate"), new(403, "BadCertificateEnvironment"),
        new(403, "Forbidden"), UnrelatedKeyIdInToken,
        new(403, "BadEnvironmentKeyIdInToken"), new(403, "BadEnvironmentKeyInToken"), // as documented, and as seen on the wire
        BadPath,
        MethodNotAllowed,
        new(410, "Unregistered"), new(410, "ExpiredToken"),
        PayloadTooLarge,
        new(429, "TooManyRequests"), TooManyProviderTokenUpdates,
        new(500, "InternalServerError"),
        new(503, "ServiceUnavailable"), new(503, "Shutdown"),
    }.GroupBy(reason => reason.Status).ToFrozenDictionary(rows => rows.Key, rows => rows.ToArray());

    /// <summary>The body of the answer; a 410 has a timestamp as well and is written on its own.</summary>
    public byte[] Body { get; } = Encoding.UTF8.GetBytes($$"""{"reason":"{{Name}}"}""");

    /// <summary>The row that a scripted token names. Beyond the table it is a reason that no client can know, to see what it does then.</summary>
    public static ApnsReason At(int status, int index) =>
        Rows.TryGetValue(status, out var rows) && index < rows.Length ? rows[index] : new ApnsReason(status, "NotInTheTable");

    /// <summary>The reason of that name, or what APNs says first with that status.</summary>
    public static ApnsReason Named(int status, string? name) => name is null ? At(status, 0) : new ApnsReason(status, name);
}
