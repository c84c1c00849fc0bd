using System.Globalization;
using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>
/// The request that carries a push to APNs. Sources: Apple, "Sending notification requests to APNs" and "Sending broadcast push notification
/// requests to APNs".
/// </summary>
internal static class ApnsRequest
{
    private const string Devices = "/3/device/";

    /// <summary>Makes the request.</summary>
    /// <param name="push">The push.</param>
    /// <param name="type">Its type.</param>
    /// <param name="destination">Where its app's pushes go.</param>
    /// <param name="authorization">The provider token's header; <see langword="null"/> where the connection shows a certificate.</param>
    /// <param name="body">The rendered payload.</param>
    public static Http2Request Create(
        PushNotification push, ApnsPushType type, ApnsDestination destination, string? authorization, ReadOnlyMemory<byte> body)
    {
        var isBroadcast = push.Target.Kind == TargetKind.Channel;
        var (root, rest) = isBroadcast ? (destination.Broadcasts, "") : (Devices, push.Target.Value);
        var request = new Http2Request("POST", root, rest) { IdName = isBroadcast ? "apns-request-id" : "apns-id", Id = push.Id, Body = body };
        if (authorization is not null)
            request.Add("authorization", authorization);
        request.Add("apns-push-type", type.Name);
        request.Add("apns-priority", Priority(push, type));
        if (Expiration(push, type) is { } expiration)
            request.Add("apns-expiration", expiration.ToString(CultureInfo.InvariantCulture), recurs: expiration == 0);
        if (isBroadcast)
        {
            request.Add("apns-channel-id", push.Target.Value, recurs: false);
            return request;
        }

        request.Add("apns-topic", push.Apns?.Topic ?? destination.TopicOf(type));
        if ((push.Apns?.CollapseId ?? push.CollapseKey) is { } collapseId)
            request.Add("apns-collapse-id", collapseId, recurs: false);
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
