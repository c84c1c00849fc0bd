using System.Buffers;
using System.Text.Json;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>
/// What FCM would refuse of a push's own message, field by field: unknown names, wrong types, values out of range. <c>null</c> passes
/// everywhere, since it takes away what the neutral fields render.
/// </summary>
internal sealed class FcmMessageRules(List<PushProblem> problems)
{
    /// <summary>Checks a message.</summary>
    /// <param name="message">What the push has under <c>fcm</c>.</param>
    public void Check(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            Add("/fcm", $"must be an object, not {message.Describe()}");
            return;
        }

        CheckMessage("/fcm", message, FcmMessage.Fields);
        if (Member(message, "apns") is { ValueKind: JsonValueKind.Object } apns)
            CheckApns(apns);
    }

    /// <summary>Checks a key of data. The union of two pages of Firebase that differ: "Customize a message" and the ErrorCode reference.</summary>
    /// <param name="parent">Where the data is.</param>
    /// <param name="key">The key.</param>
    public void CheckDataKey(string parent, string key)
    {
        if (key is "from" or "gcm" or "message_type"
            || key.StartsWith("google", StringComparison.Ordinal)
            || key.StartsWith("gcm.", StringComparison.Ordinal))
        {
            Add(JsonPointer.To(parent, key), "is one of FCM's own keys");
        }
    }

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var member) ? member : null;

    private void CheckMessage(string pointer, JsonElement message, FcmFields fields)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in message.EnumerateObject())
        {
            var at = JsonPointer.To(pointer, member.Name);
            if (fields.Find(member.Name) is not { } field)
                Add(at, Unknown(member.Name, fields));
            else if (!seen.Add(field.Name))
                Add(at, $"is there twice; {field.Name} has two spellings");
            else if (member.Value.ValueKind != JsonValueKind.Null)
                CheckField(at, member.Value, field);
            else
                seen.Remove(field.Name);
        }

        foreach (var name in fields.Required.Where(name => !seen.Contains(name)))
            Add(JsonPointer.To(pointer, name), $"is missing: FCM's {fields.Name} needs it");
    }

    private static string Unknown(string name, FcmFields fields) => name switch
    {
        _ when fields != FcmMessage.Fields => $"is not a field of FCM's {fields.Name}",
        _ when FcmFields.Addressing.Contains(name) => "must not be here: the target is in 'to'",
        "validate_only" or "validateOnly" => "must not be here: validateOnly stands beside 'to'",
        _ => "is not a field of FCM's message",
    };

    private void CheckField(string at, JsonElement value, FcmField field)
    {
        switch (field.Kind)
        {
            case FcmKind.Message when value.ValueKind == JsonValueKind.Object:
                CheckMessage(at, value, field.Fields!);
                break;
            case FcmKind.TextMap or FcmKind.Data:
                CheckMap(at, value, field);
                break;
            case FcmKind.TextList or FcmKind.DurationList:
                CheckList(at, value, field);
                break;
            default:
                Check(at, value, field);
                break;
        }
    }

    private void CheckMap(string at, JsonElement value, FcmField field)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Add(at, $"must be an object, not {value.Describe()}");
            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (field.Kind == FcmKind.Data)
                CheckDataKey(at, member.Name);
            if (member.Value.ValueKind == JsonValueKind.String && field.MemberRule?.Invoke(member.Name, member.Value.GetString()!) is { } problem)
                AddProblem(JsonPointer.To(at, member.Name), problem, member.Value);
            else if (member.Value.ValueKind != JsonValueKind.Null)
                Check(JsonPointer.To(at, member.Name), member.Value, field);
        }
    }

    private void CheckList(string at, JsonElement value, FcmField field)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            Add(at, $"must be an array, not {value.Describe()}");
            return;
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
            Check($"{at}/{index++}", item, field);
    }

    // What FCM passes on to APNs has to be right there.
    private void CheckApns(JsonElement apns)
    {
        if (Header(apns, "apns-push-type") == "background" && Header(apns, "apns-priority") is ("10" or "1") and var priority)
            Add("/fcm/apns/headers/apns-priority", $"must be \"5\" for a background push, not \"{priority}\"");
        if (Member(apns, "payload") is not { ValueKind: JsonValueKind.Object } payload)
            return;
        var isLiveActivity = Member(apns, "live_activity_token") is not null || Member(apns, "liveActivityToken") is not null;
        if (Member(payload, "aps") is { ValueKind: JsonValueKind.Object } aps)
            CheckAps(aps, isLiveActivity);
        else if (Member(payload, "aps") is { ValueKind: not JsonValueKind.Null } other)
            Add("/fcm/apns/payload/aps", $"must be an object, not {other.Describe()}");
        var written = new ArrayBufferWriter<byte>();
        using (var writer = PayloadJson.WriterOn(written))
            payload.WriteTo(writer);
        if (written.WrittenCount > PushLimits.ApnsPayloadBytes)
            Add("/fcm/apns/payload", $"has {written.WrittenCount} bytes; APNs takes {PushLimits.ApnsPayloadBytes}");
    }

    private void CheckAps(JsonElement aps, bool isLiveActivity)
    {
        const string At = "/fcm/apns/payload/aps";
        foreach (var member in aps.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
        {
            if (ApnsFields.Problem(member.Name, member.Value) is { } problem)
                AddProblem(JsonPointer.To(At, member.Name), problem, member.Value);
        }

        if (Member(aps, "alert") is not { ValueKind: JsonValueKind.Object } alert)
            return;
        foreach (var member in alert.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
        {
            if (ApnsFields.AlertProblem(member.Name, member.Value, isLiveActivity) is { } problem)
                AddProblem(JsonPointer.To($"{At}/alert", member.Name), problem, member.Value);
        }
    }

    private static string? Header(JsonElement apns, string name) =>
        Member(apns, "headers") is { ValueKind: JsonValueKind.Object } headers
        && headers.EnumerateObject().FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value
            is { ValueKind: JsonValueKind.String } value
            ? value.GetString()
            : null;

    private void Check(string at, JsonElement value, FcmField field)
    {
        if (field.Problem(value) is { } problem)
            AddProblem(at, problem, value);
    }

    private void AddProblem(string at, string problem, JsonElement value) =>
        Add(at, problem.StartsWith("must be", StringComparison.Ordinal) ? $"{problem}, not {value.Describe()}" : problem);

    private void Add(string pointer, string message) => problems.Add(new(pointer, message));
}
