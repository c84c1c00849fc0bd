using System.Text;
using System.Text.Json;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
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
        var type = ApnsPushType.Of(push, app.BundleId);
        CheckData(push, type, problems);
        CheckCollapseId(push, problems);
        CheckType(push, type, app, problems);
        if (push.Apns is { } overrides)
            CheckOverrides(overrides, type, app, problems);
        if (push is { SendAt: { } sendAt, Apns.Expiration: { UnixSeconds: > 0 and var end } } && end <= sendAt.ToUnixTimeSeconds())
            problems.Add(new("/apns/expiration", "is not after sendAt: nobody would get the push"));
        if (push.Target.Kind == TargetKind.Channel)
            CheckBroadcast(push, type, problems);
        if (problems.Count == 0)
            CheckBody(push, type, problems);
        return problems;
    }

    /// <summary>Whether a push says something to APNs beside the neutral fields; the types that need no content do by themselves.</summary>
    /// <param name="push">The push.</param>
    /// <param name="app">The app of its target.</param>
    public static bool HasOwnContent(PushNotification push, ApnsApp app) =>
        push.Apns?.Payload is not null || ApnsPushType.Of(push, app.BundleId).NeedsNoContent;

    /// <summary>The largest body of a push.</summary>
    internal static int MaxBytes(PushNotification push, ApnsPushType type) =>
        push.Target.Kind == TargetKind.Channel ? PushLimits.ApnsBroadcastPayloadBytes : type.MaxBytes;

    private static void CheckData(PushNotification push, ApnsPushType type, List<PushProblem> problems)
    {
        if (!type.HasAps)
        {
            // What such a push holds is not for an app to read.
            if (push.Notification is not null)
                problems.Add(new("/notification", $"has no place in the body that {TopicKind(type)} takes"));
            if (push.Data is { Count: > 0 })
                problems.Add(new("/data", $"has no place in the body that {TopicKind(type)} takes"));
            return;
        }

        var content = push.Notification;
        if (type == ApnsPushType.LiveActivity && content is not null)
        {
            void Refuse(string name, bool isThere)
            {
                if (isThere)
                    problems.Add(new($"/notification/{name}", "has no place in a Live Activity's alert"));
            }

            Refuse("subtitle", content.Subtitle is not null);
            Refuse("image", content.Image is not null);
            Refuse("badge", content.Badge is not null);
        }
        else if (content?.Image is not null && (content.Title ?? content.Subtitle ?? content.Body) is null)
        {
            problems.Add(new("/notification/image", "needs a title or a body beside it on APNs"));
        }

        if (push.Data is not { } data)
            return;
        if (data.ContainsKey("aps"))
            problems.Add(new("/data/aps", "is APNs' own key"));
        if (content?.Image is not null && data.ContainsKey("image"))
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
        else if (HasSpaceAtEnds(collapseId))
            problems.Add(new(pointer, "must neither begin nor end with a space for APNs, which takes it as a header"));
        else if (push.Target.Kind == TargetKind.Channel && push.Apns?.CollapseId is not null)
            problems.Add(new(pointer, "has no place in a broadcast")); // the neutral key is for the request's other targets
    }

    private static void CheckType(PushNotification push, ApnsPushType type, ApnsApp app, List<PushProblem> problems)
    {
        const string Pointer = "/apns/pushType";
        var ofTopic = ApnsPushType.OfTopic(app.BundleId);
        if (push.Apns?.PushType is { } name && ApnsPushType.Find(name) is null)
            problems.Add(new(Pointer, "is not a push type of APNs"));
        else if (ofTopic is not null && type != ofTopic)
            problems.Add(new(Pointer, $"must be left out: {TopicKind(ofTopic)} takes no other pushes"));
        else if (type == ApnsPushType.Mdm && type != ofTopic)
            problems.Add(new(Pointer, $"mdm is for the topic of an MDM push certificate, not for '{app.BundleId}'"));
        else if (type.Demands == ApnsSignIn.Key && app.Identity is ApnsCertificateFile && push.Target.Kind != TargetKind.Channel)
            problems.Add(new(Pointer, $"{type.Name} needs an app with a key; '{app.Name}' has a certificate"));
        else if (type.Demands == ApnsSignIn.Certificate && app.Identity is ApnsKeyFile)
            problems.Add(new(Pointer, $"{type.Name} needs an app with a certificate; '{app.Name}' has a key"));
    }

    private static string TopicKind(ApnsPushType type) => type == ApnsPushType.Mdm ? "a device management" : "a Wallet pass";

    private static void CheckOverrides(ApnsOverrides overrides, ApnsPushType type, ApnsApp app, List<PushProblem> problems)
    {
        if (overrides.Priority is { } priority && type.OnlyPriority is { } only && priority != only)
            problems.Add(new("/apns/priority", $"must be {only} for a {type.Name} push, not {priority}"));
        else if (overrides.Priority is { } other and not (10 or 5 or 1))
            problems.Add(new("/apns/priority", $"must be 10, 5 or 1, not {other}"));
        if (overrides.Expiration is { UnixSeconds: { } seconds and (< 0 or > ApnsExpiration.Latest) })
            problems.Add(new("/apns/expiration", $"must be Unix seconds, 0 for one attempt, or \"{ApnsExpiration.NoneWord}\", not {seconds}"));

        // A key reaches all apps of its team: without this, whoever may use one app could send to another.
        if (overrides.Topic is { } topic && !(topic == app.BundleId || topic.StartsWith(app.BundleId + ".", StringComparison.Ordinal) && IsHeaderText(topic) && !HasSpaceAtEnds(topic)))
            problems.Add(new("/apns/topic", $"must be '{app.BundleId}' or begin with it and a dot"));
        if (overrides.Payload is { } payload && payload.ValueKind != JsonValueKind.Object)
            problems.Add(new("/apns/payload", "must be an object"));
    }

    private static void CheckBroadcast(PushNotification push, ApnsPushType type, List<PushProblem> problems)
    {
        if (type != ApnsPushType.LiveActivity)
            problems.Add(new("/apns/pushType", "must be liveactivity, or left out: nothing else can be sent to a channel"));
        if (push.Apns?.Topic is not null)
            problems.Add(new("/apns/topic", "has no place in a broadcast"));
        if (push.Apns?.Expiration == ApnsExpiration.None)
            problems.Add(new("/apns/expiration", "must be an instant or 0 for a channel"));
    }

    private static void CheckBody(PushNotification push, ApnsPushType type, List<PushProblem> problems)
    {
        var isBroadcast = push.Target.Kind == TargetKind.Channel;
        var limit = MaxBytes(push, type);
        // What the neutral fields render for a plain push is right by itself.
        var isPlain = push.Apns?.Payload is null && push.Apns?.PushType is null && !isBroadcast && type.HasAps;
        if (isPlain && RenderedSize.AtMost(push) <= limit)
            return;
        var body = new PooledBuffer();
        ApnsPayload.Render(push, type, body);
        var size = body.Written.Length;
        if (!isPlain)
        {
            using var json = JsonDocument.Parse(body.Written);
            ApnsBodyRules.Check(json.RootElement, type, isBroadcast, problems);
        }

        body.Return();
        if (size > limit && problems.Count == 0)
            problems.Add(new("", $"renders to {size} bytes for APNs, which takes {limit}"));
    }

    private static bool IsHeaderText(string value) => value.All(c => c is >= ' ' and <= '~');

    // RFC 9113 §8.2.1: such a request is malformed, and some peers end the connection for it.
    private static bool HasSpaceAtEnds(string value) => value.StartsWith(' ') || value.EndsWith(' ');
}
