using System.Buffers;
using System.Globalization;
using System.Text;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>
/// The headers that FCM passes on, and what those to whom it does refuse. Names are those of HTTP, in which case means nothing; names that
/// are not known here pass. Sources: Apple, "Sending notification requests to APNs"; RFC 8030, sections 5.2 to 5.4.
/// </summary>
internal static class FcmHeaders
{
    /// <summary>Longest topic of a web push, in characters. Source: RFC 8030, section 5.4.</summary>
    private const int MaxWebpushTopic = 32;

    private static readonly SearchValues<char> Base64Url =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_");

    /// <summary>Says what is wrong with a header for APNs, or <see langword="null"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What it says.</param>
    public static string? ApnsProblem(string name, string value) => name.ToLowerInvariant() switch
    {
        "apns-priority" => value is "10" or "5" or "1" ? null : "must be \"10\", \"5\" or \"1\"",
        "apns-push-type" => ApnsPushType.Find(value) is null ? "must be a push type of APNs" : null,
        "apns-expiration" => IsNumber(value, out var seconds) && seconds <= ApnsExpiration.Latest ? null : "must be Unix seconds, or \"0\" for one attempt",
        "apns-collapse-id" when Encoding.UTF8.GetByteCount(value) is var bytes && bytes is 0 or > PushLimits.ApnsCollapseIdBytes =>
            $"must have 1 to {PushLimits.ApnsCollapseIdBytes} bytes, not {bytes}",
        _ => null,
    };

    /// <summary>Says what is wrong with a header for a web push service, or <see langword="null"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What it says.</param>
    public static string? WebpushProblem(string name, string value) => name.ToLowerInvariant() switch
    {
        "ttl" => IsNumber(value, out _) ? null : "must be a number of seconds, such as \"60\"",
        "urgency" => value is "very-low" or "low" or "normal" or "high" ? null : "must be very-low, low, normal or high",
        "topic" when value.Length is 0 or > MaxWebpushTopic => $"must have 1 to {MaxWebpushTopic} characters, not {value.Length}",
        "topic" => value.AsSpan().ContainsAnyExcept(Base64Url) ? "may have the characters a-z A-Z 0-9 - _ only" : null,
        _ => null,
    };

    private static bool IsNumber(string value, out long number) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
