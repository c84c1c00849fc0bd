namespace Dispatcher.Core.Pushes;

/// <summary>Limits of providers and of Dispatcher itself. Lengths are in UTF-8 bytes unless said otherwise.</summary>
public static class PushLimits
{
    /// <summary>APNs payload, all push types but VoIP. Source: Apple, "Generating a remote notification".</summary>
    public const int ApnsPayloadBytes = 4096;

    /// <summary>APNs payload of a VoIP push. Source: Apple, "Generating a remote notification".</summary>
    public const int ApnsVoipPayloadBytes = 5120;

    /// <summary>APNs payload of a broadcast. Source: Apple, "Sending broadcast push notification requests to APNs".</summary>
    public const int ApnsBroadcastPayloadBytes = 5120;

    /// <summary><c>apns-collapse-id</c>. Source: Apple, "Sending notification requests to APNs".</summary>
    public const int ApnsCollapseIdBytes = 64;

    /// <summary>
    /// FCM payload: the UTF-8 bytes of all keys and values of data and notification, Android's own in the place of the common ones where it
    /// has them. Source: Firebase, FCM v1 <c>ErrorCode</c>, INVALID_ARGUMENT; how exactly FCM counts is not published.
    /// </summary>
    public const int FcmPayloadBytes = 4096;

    /// <summary>The same for a topic or a condition. Source: Firebase, FCM v1 <c>ErrorCode</c>, INVALID_ARGUMENT.</summary>
    public const int FcmTopicPayloadBytes = 2048;

    /// <summary>Longest time to live, in seconds: 28 days, FCM's maximum (<c>AndroidConfig.ttl</c>); APNs keeps 30 days.</summary>
    public const int MaxTimeToLive = 2_419_200;

    /// <summary>How many days ahead a push may be scheduled.</summary>
    public const int MaxDaysAhead = 30;

    /// <summary>Targets in one request.</summary>
    public const int MaxTargets = 1000;

    /// <summary>The body of one <c>POST /push</c>.</summary>
    public const int MaxRequestBytes = 1024 * 1024;

    /// <summary>A record on a lane: what a push can need at most (payload limits, token, overrides) with room to spare.</summary>
    public const int MaxRecordBytes = 64 * 1024;
}
