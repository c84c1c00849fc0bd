using System.Globalization;
using System.Text;

namespace Dispatcher.Simulator.Apns;

/// <summary>The headers of a push, all of them plausible. Source: Apple, "Sending notification requests to APNs".</summary>
/// <param name="Id">The client's, or one made for it.</param>
/// <param name="Topic">Absent is judged later, after the provider token.</param>
/// <param name="PushType">Recommended everywhere, demanded only by watchOS.</param>
/// <param name="Authorization">Judged later.</param>
/// <param name="Expiration">0: one attempt; absent: as Apple likes.</param>
/// <param name="CollapseId">What it replaces earlier ones by.</param>
internal readonly record struct ApnsHeaders(
    Guid Id, string? Topic, ApnsPushType? PushType, string? Authorization, long? Expiration = null, string? CollapseId = null)
{
    private const int MaxCollapseIdBytes = 64;

    /// <summary>Reads them; the id is usable even when something else is wrong, because every answer carries it.</summary>
    public static ApnsReason? Read(IHeaderDictionary headers, DateTimeOffset now, out ApnsHeaders result)
    {
        var id = headers["apns-id"];
        var hasId = Guid.TryParseExact(id, "D", out var parsed);
        result = new ApnsHeaders(hasId ? parsed : Guid.CreateVersion7(now), null, null, null);

        foreach (var header in headers)
        {
            if (header.Value.Count > 1)
                return ApnsReason.DuplicateHeaders;
        }

        if (!hasId && id.Count > 0)
            return ApnsReason.BadMessageId;

        string? expiration = headers["apns-expiration"];
        long? until = long.TryParse(expiration, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
        if (expiration is not null && until is null)
            return ApnsReason.BadExpirationDate;

        string? priority = headers["apns-priority"];
        if (priority is not (null or "10" or "5" or "1"))
            return ApnsReason.BadPriority;

        ApnsPushType? pushType = null;
        if ((string?)headers["apns-push-type"] is { } typeName && (pushType = ApnsPushType.Find(typeName)) is null)
            return ApnsReason.InvalidPushType;

        // The default is 10, so a background push must say 5.
        if (pushType == ApnsPushType.Background && priority is not "5")
            return ApnsReason.BadPriority;

        string? collapseId = headers["apns-collapse-id"];
        if (collapseId is not null && Encoding.UTF8.GetByteCount(collapseId) is 0 or > MaxCollapseIdBytes)
            return ApnsReason.BadCollapseId;

        result = new ApnsHeaders(result.Id, headers["apns-topic"], pushType, headers.Authorization, until, collapseId);
        return null;
    }
}
