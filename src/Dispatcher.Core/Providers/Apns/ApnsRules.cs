using System.Text;
using System.Text.Json;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>What APNs would refuse, found before the push is accepted. The neutral fields themselves are checked elsewhere.</summary>
public static class ApnsRules
{
    /// <summary>Everything that is wrong with a push for this app; empty when nothing is.</summary>
    /// <param name="push">The push.</param>
    /// <param name="app">The app of its target.</param>
    public static IReadOnlyList<PushProblem> Check(PushNotification push, ApnsApp app)
    {
        var problems = new List<PushProblem>();
        CheckData(push, problems);
        CheckCollapseId(push, problems);
        if (push.Apns is { } overrides)
            CheckOverrides(push, overrides, app, problems);
        if (problems.Count == 0)
            CheckSize(push, problems);
        return problems;
    }

    private static void CheckData(PushNotification push, List<PushProblem> problems)
    {
        var image = push.Notification?.Image;
        if (image is not null && (push.Notification?.Title ?? push.Notification?.Subtitle ?? push.Notification?.Body) is null)
            problems.Add(new("/notification/image", "needs a title or a body beside it on APNs"));
        if (push.Data is not { } data)
            return;
        if (data.ContainsKey("aps"))
            problems.Add(new("/data/aps", "is APNs' own key"));
        if (image is not null && data.ContainsKey("image"))
            problems.Add(new("/data/image", "is where notification.image goes on APNs; use one of the two"));
    }

    private static void CheckCollapseId(PushNotification push, List<PushProblem> problems)
    {
        var (pointer, collapseId) = push.Apns?.CollapseId is { } own ? ("/apns/collapseId", own) : ("/collapseKey", push.CollapseKey);
        if (collapseId is null)
            return;
        if (Encoding.UTF8.GetByteCount(collapseId) is var bytes && bytes is 0 or > PushLimits.ApnsCollapseIdBytes)
            problems.Add(new(pointer, $"must have 1 to {PushLimits.ApnsCollapseIdBytes} bytes for APNs, not {bytes}"));
        else if (!IsHeaderText(collapseId))
            problems.Add(new(pointer, "must be printable ASCII for APNs, which takes it as a header"));
    }

    private static void CheckOverrides(PushNotification push, ApnsOverrides overrides, ApnsApp app, List<PushProblem> problems)
    {
        if (overrides.PushType is { } pushType && ApnsPushType.TopicSuffix(pushType) is null)
            problems.Add(new("/apns/pushType", $"'{pushType}' is not a push type that a provider token can send"));

        var isBackground = ApnsPushType.Of(push) == ApnsPushType.Background;
        if (isBackground && ApnsPushType.ShowsSomething(push))
            problems.Add(new("/apns/pushType", "background is for a push with nothing to show, hear or count"));
        if (overrides.Priority is { } priority && (isBackground ? priority != 5 : priority is not (10 or 5 or 1)))
            problems.Add(new("/apns/priority", isBackground ? "must be 5 for a background push" : "must be 10, 5 or 1"));
        if (overrides.Expiration is < 0)
            problems.Add(new("/apns/expiration", "must be Unix seconds, or 0 for one attempt"));

        // A key reaches all apps of its team: without this, whoever may use one app could send to another.
        if (overrides.Topic is { } topic && !(topic == app.BundleId || topic.StartsWith(app.BundleId + ".", StringComparison.Ordinal) && IsHeaderText(topic)))
            problems.Add(new("/apns/topic", $"must be '{app.BundleId}' or begin with it and a dot"));
        if (overrides.Payload is { } payload && payload.ValueKind != JsonValueKind.Object)
            problems.Add(new("/apns/payload", "must be an object"));
    }

    private static void CheckSize(PushNotification push, List<PushProblem> problems)
    {
        var limit = ApnsPushType.Of(push) == ApnsPushType.Voip ? PushLimits.ApnsVoipPayloadBytes : PushLimits.ApnsPayloadBytes;
        if (RenderedSize.AtMost(push) <= limit)
            return;
        var size = ApnsPayload.Measure(push);
        if (size > limit)
            problems.Add(new("", $"renders to {size} bytes for APNs, which takes {limit}"));
    }

    private static bool IsHeaderText(string value) => value.All(c => c is >= ' ' and <= '~');
}
