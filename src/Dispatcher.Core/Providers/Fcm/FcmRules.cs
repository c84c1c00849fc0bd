using System.Buffers;
using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>What FCM would refuse, found before the push is accepted. The neutral fields themselves are checked elsewhere.</summary>
public static class FcmRules
{
    /// <summary>Everything that is wrong with a push; empty when nothing is.</summary>
    /// <param name="push">The push.</param>
    public static IReadOnlyList<PushProblem> Check(PushNotification push)
    {
        var problems = new List<PushProblem>();
        foreach (var key in push.Data?.Keys ?? [])
            CheckDataKey("/data", key, problems);
        if (push.Fcm is { } message)
            CheckOverride(message, problems);
        if (problems.Count == 0)
            CheckSize(push, problems);
        return problems;
    }

    // The union of two pages of Firebase that differ: "Customize a message" and the ErrorCode reference.
    private static bool IsReserved(string key) =>
        key is "from" or "gcm" or "message_type"
        || key.StartsWith("google", StringComparison.Ordinal)
        || key.StartsWith("gcm.", StringComparison.Ordinal);

    private static void CheckDataKey(string parent, string key, List<PushProblem> problems)
    {
        if (IsReserved(key))
            problems.Add(new(JsonPointer.To(parent, key), "is one of FCM's own keys"));
    }

    private static void CheckOverride(JsonElement message, List<PushProblem> problems)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new("/fcm", "must be an object"));
            return;
        }

        foreach (var member in message.EnumerateObject())
        {
            if (FcmFields.Addressing.Contains(member.Name))
                problems.Add(new(JsonPointer.To("/fcm", member.Name), "must not be here: the target is in 'to'"));
            else if (!FcmFields.Message.Contains(FcmFields.Message.Canonical(member.Name)))
                problems.Add(new(JsonPointer.To("/fcm", member.Name), "is not a field of FCM's message"));
        }

        CheckData("/fcm/data", Member(message, "data"), problems);
        CheckData("/fcm/android/data", Member(Member(message, "android"), "data"), problems);
        CheckData("/fcm/webpush/data", Member(Member(message, "webpush"), "data"), problems);
        CheckApnsSize(Member(Member(message, "apns"), "payload"), problems);
    }

    private static void CheckData(string pointer, JsonElement? data, List<PushProblem> problems)
    {
        if (data is not { ValueKind: JsonValueKind.Object } map)
            return;
        foreach (var member in map.EnumerateObject())
        {
            CheckDataKey(pointer, member.Name, problems);
            if (member.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
                problems.Add(new(JsonPointer.To(pointer, member.Name), "must be a string; FCM takes nothing else as data"));
        }
    }

    // What FCM passes on to APNs has to fit there.
    private static void CheckApnsSize(JsonElement? payload, List<PushProblem> problems)
    {
        if (payload is not { } json)
            return;
        var written = new ArrayBufferWriter<byte>();
        using (var writer = PayloadJson.WriterOn(written))
            json.WriteTo(writer);
        if (written.WrittenCount > PushLimits.ApnsPayloadBytes)
            problems.Add(new("/fcm/apns/payload", $"has {written.WrittenCount} bytes; APNs takes {PushLimits.ApnsPayloadBytes}"));
    }

    private static void CheckSize(PushNotification push, List<PushProblem> problems)
    {
        if (RenderedSize.AtMost(push) <= PushLimits.FcmPayloadBytes || FcmPayload.MeasureBody(push) <= PushLimits.FcmPayloadBytes)
            return;
        var size = FcmPayload.Measure(push);
        if (size > PushLimits.FcmPayloadBytes)
            problems.Add(new("", $"has {size} bytes of keys and values for FCM, which takes {PushLimits.FcmPayloadBytes}"));
    }

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var member) ? member : null;
}
