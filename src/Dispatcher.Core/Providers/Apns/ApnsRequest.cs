using System.Globalization;
using System.Net;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>The request that carries a push to APNs. Source: Apple, "Sending notification requests to APNs".</summary>
internal static class ApnsRequest
{
    /// <summary>Where devices are, below an endpoint.</summary>
    public const string DevicesPath = "/3/device/";

    /// <summary>Makes the request.</summary>
    /// <param name="push">The push.</param>
    /// <param name="devices">The endpoint and <see cref="DevicesPath"/>.</param>
    /// <param name="bundleId">The app's bundle id.</param>
    /// <param name="authorization">The provider token's header.</param>
    /// <param name="body">The rendered payload.</param>
    public static HttpRequestMessage Create(
        PushNotification push, string devices, string bundleId, string authorization, ReadOnlyMemory<byte> body)
    {
        var pushType = ApnsPushType.Of(push);
        var request = new HttpRequestMessage(HttpMethod.Post, devices + push.Target.Value)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new PushContent(body),
        };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("authorization", authorization);
        headers.TryAddWithoutValidation("apns-id", push.Id.ToString());
        headers.TryAddWithoutValidation("apns-topic", Topic(push, bundleId, pushType));
        headers.TryAddWithoutValidation("apns-push-type", pushType);
        headers.TryAddWithoutValidation("apns-priority", Priority(push, pushType));
        if (Expiration(push) is { } expiration)
            headers.TryAddWithoutValidation("apns-expiration", expiration.ToString(CultureInfo.InvariantCulture));
        if ((push.Apns?.CollapseId ?? push.CollapseKey) is { } collapseId)
            headers.TryAddWithoutValidation("apns-collapse-id", collapseId);
        return request;
    }

    /// <summary>The topic: the push's own, or the bundle id with the suffix of the push type.</summary>
    internal static string Topic(PushNotification push, string bundleId, string pushType) =>
        push.Apns?.Topic ?? ApnsPushType.TopicSuffix(pushType) switch
        {
            null or "" => bundleId,
            var suffix => bundleId + suffix,
        };

    private static string Priority(PushNotification push, string pushType) => push.Apns?.Priority switch
    {
        { } priority => priority.ToString(CultureInfo.InvariantCulture),
        null when pushType == ApnsPushType.Background => "5", // 10 is an error there
        null => push.Priority == PushPriority.Normal ? "5" : "10",
    };

    // Three states: absent leaves storage to APNs, 0 is one attempt, anything else is an instant.
    private static long? Expiration(PushNotification push) => (push.Apns?.Expiration, push.TimeToLive) switch
    {
        ({ } expiration, _) => expiration,
        (null, null) => null,
        (null, 0) => 0,
        (null, { } seconds) => push.DueAt.ToUnixTimeSeconds() + seconds,
    };
}
