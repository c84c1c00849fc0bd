using System.Globalization;
using System.Net;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>
/// The request that carries a push to APNs. Sources: Apple, "Sending notification requests to APNs" and "Sending broadcast push notification
/// requests to APNs".
/// </summary>
internal static class ApnsRequest
{
    /// <summary>Addresses are an origin of ours and hexadecimal digits, so there is nothing to make canonical: two strings less a push.</summary>
    private static readonly UriCreationOptions Plain = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Makes the request.</summary>
    /// <param name="push">The push.</param>
    /// <param name="type">Its type.</param>
    /// <param name="destination">Where its app's pushes go.</param>
    /// <param name="authorization">The provider token's header; <see langword="null"/> where the connection shows a certificate.</param>
    /// <param name="body">The rendered payload.</param>
    public static HttpRequestMessage Create(
        PushNotification push, ApnsPushType type, ApnsDestination destination, string? authorization, ReadOnlyMemory<byte> body)
    {
        var isBroadcast = push.Target.Kind == TargetKind.Channel;
        var request = new HttpRequestMessage(HttpMethod.Post, isBroadcast ? destination.Broadcasts : new Uri(destination.Devices + push.Target.Value, Plain))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new PushContent(body),
        };
        var headers = request.Headers;
        if (authorization is not null)
            headers.TryAddWithoutValidation("authorization", authorization);
        headers.TryAddWithoutValidation("apns-push-type", type.Name);
        headers.TryAddWithoutValidation("apns-priority", Priority(push, type));
        if (Expiration(push, type) is { } expiration)
            headers.TryAddWithoutValidation("apns-expiration", expiration.ToString(CultureInfo.InvariantCulture));

        if (isBroadcast)
        {
            headers.TryAddWithoutValidation("apns-request-id", push.Id.ToString());
            headers.TryAddWithoutValidation("apns-channel-id", push.Target.Value);
            return request;
        }

        headers.TryAddWithoutValidation("apns-id", push.Id.ToString());
        headers.TryAddWithoutValidation("apns-topic", push.Apns?.Topic ?? destination.TopicOf(type));
        if ((push.Apns?.CollapseId ?? push.CollapseKey) is { } collapseId)
            headers.TryAddWithoutValidation("apns-collapse-id", collapseId);
        return request;
    }

    private static string Priority(PushNotification push, ApnsPushType type) =>
        (push.Apns?.Priority ?? type.OnlyPriority ?? type.DefaultPriority) switch
        {
            { } priority => priority.ToString(CultureInfo.InvariantCulture),
            null => push.Priority == PushPriority.Normal ? "5" : "10",
        };

    // Three states: absent leaves storage to APNs, 0 is one attempt, anything else is an instant.
    private static long? Expiration(PushNotification push, ApnsPushType type) => (push.Apns?.Expiration, push.TimeToLive) switch
    {
        ({ } own, _) => own.UnixSeconds,
        (null, 0) => 0,
        (null, { } seconds) => push.DueAt.ToUnixTimeSeconds() + seconds,
        (null, null) when push.Target.Kind == TargetKind.Channel => 0, // a broadcast must have it; most channels store nothing
        (null, null) => type.DefaultExpiration,
    };
}
