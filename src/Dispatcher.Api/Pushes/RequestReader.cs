using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>
/// Reads the body of <c>POST /push</c> and collects everything that is wrong with it, each with a pointer, so that a caller repairs a
/// request once and not member by member.
/// </summary>
internal sealed class RequestReader
{
    private readonly List<PushProblem> _problems = [];

    /// <summary>Reads a body.</summary>
    /// <param name="root">The JSON.</param>
    /// <param name="now">When the request came.</param>
    /// <param name="problems">What is wrong; empty when nothing is.</param>
    /// <returns>The request; only to be used without problems.</returns>
    public static PushRequest Read(JsonElement root, DateTimeOffset now, out List<PushProblem> problems)
    {
        var reader = new RequestReader();
        var request = reader.ReadRequest(root, now);
        problems = reader._problems;
        return request;
    }

    private PushRequest ReadRequest(JsonElement root, DateTimeOffset now)
    {
        List<RequestedTarget> targets = [];
        var (isList, hasTo) = (false, false);
        var pushClass = PushClass.Urgent;
        var content = new PushNotification { Id = default, App = "", Target = Target.Token(""), AcceptedAt = now };

        foreach (var (name, value, at) in Members(root, ""))
        {
            switch (name)
            {
                case "to":
                    hasTo = true;
                    isList = value.ValueKind == JsonValueKind.Array;
                    targets = ReadTargets(value, at);
                    break;
                case "class":
                    pushClass = OneOf(value, at, ("urgent", PushClass.Urgent), ("bulk", PushClass.Bulk));
                    break;
                case "notification":
                    content = content with { Notification = ReadNotification(value, at) };
                    break;
                case "data":
                    content = content with { Data = ReadData(value, at) };
                    break;
                case "priority":
                    content = content with { Priority = OneOf(value, at, ("high", PushPriority.High), ("normal", PushPriority.Normal)) };
                    break;
                case "timeToLive":
                    content = content with { TimeToLive = (int?)WholeNumber(value, at, 0, PushLimits.MaxTimeToLive) };
                    break;
                case "sendAt":
                    content = content with { SendAt = ReadSendAt(value, at, now) };
                    break;
                case "collapseKey":
                    content = content with { CollapseKey = Text(value, at) };
                    break;
                case "apns":
                    content = content with { Apns = ReadApns(value, at) };
                    break;
                case "fcm":
                    content = content with { Fcm = JsonObject(value, at) };
                    break;
                case "validateOnly":
                    content = content with { ValidateOnly = Flag(value, at) };
                    break;
                default:
                    Unknown(at);
                    break;
            }
        }

        if (!hasTo && root.ValueKind == JsonValueKind.Object)
            Add("/to", "is missing; name one target or up to 1,000");
        return new PushRequest(targets, isList, pushClass, content);
    }

    private List<RequestedTarget> ReadTargets(JsonElement to, string at)
    {
        if (to.ValueKind != JsonValueKind.Array)
            return [ReadTarget(to, at)];

        var count = to.GetArrayLength();
        if (count is 0 or > PushLimits.MaxTargets)
        {
            Add(at, $"must have 1 to {PushLimits.MaxTargets:N0} targets, not {count:N0}");
            return [];
        }

        var targets = new List<RequestedTarget>(count);
        foreach (var target in to.EnumerateArray())
            targets.Add(ReadTarget(target, $"{at}/{targets.Count}"));
        return targets;
    }

    private RequestedTarget ReadTarget(JsonElement target, string at)
    {
        string? app = null;
        Target? whom = null;
        foreach (var (name, value, memberAt) in Members(target, at))
        {
            if (name == "app")
                app = Text(value, memberAt) ?? "";
            else if (Target.KindOf(name) is not { } kind)
                Unknown(memberAt);
            else if (whom is not null)
                Add(memberAt, $"is one too many: the target has a {whom.Word}");
            else
                whom = new Target(kind, Text(value, memberAt, mayBeEmpty: true) ?? ""); // what it may be, its provider's rules say
        }

        if (target.ValueKind == JsonValueKind.Object && app is null)
            Add($"{at}/app", "is missing");
        if (target.ValueKind == JsonValueKind.Object && whom is null)
            Add($"{at}/token", "is missing");
        return new RequestedTarget(app ?? "", whom ?? Target.Token(""));
    }

    private DateTimeOffset? ReadSendAt(JsonElement value, string at, DateTimeOffset now)
    {
        if (Text(value, at, mayBeEmpty: true) is not { } text)
            return null;
        if (SendAt.Problem(text, now, out var instant) is { } problem)
            Add(at, problem);
        return instant;
    }

    private NotificationContent? ReadNotification(JsonElement notification, string at)
    {
        if (notification.ValueKind == JsonValueKind.Null)
            return null;
        var content = new NotificationContent();
        foreach (var (name, value, memberAt) in Members(notification, at))
        {
            switch (name)
            {
                case "title": content = content with { Title = Text(value, memberAt) }; break;
                case "subtitle": content = content with { Subtitle = Text(value, memberAt) }; break;
                case "body": content = content with { Body = Text(value, memberAt) }; break;
                case "image": content = content with { Image = HttpsUrl(value, memberAt) }; break;
                case "sound": content = content with { Sound = Text(value, memberAt) }; break;
                case "badge": content = content with { Badge = (int?)WholeNumber(value, memberAt, 0, int.MaxValue) }; break;
                default: Unknown(memberAt); break;
            }
        }

        if (content == new NotificationContent() && _problems.Count == 0)
            Add(at, "shows nothing; give at least one of title, subtitle, body, image, sound, badge");
        return content;
    }

    private Dictionary<string, string>? ReadData(JsonElement data, string at)
    {
        if (data.ValueKind == JsonValueKind.Null)
            return null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value, memberAt) in Members(data, at))
        {
            if (value.ValueKind != JsonValueKind.String)
                Add(memberAt, $"must be a string, not {Kind(value)}; providers carry strings only");
            else if (name.Length == 0)
                Add(at, "has a member without a name");
            else if (Text(value, memberAt, mayBeEmpty: true) is { } text)
                values[name] = text;
        }

        return values;
    }

    private ApnsOverrides? ReadApns(JsonElement apns, string at)
    {
        if (apns.ValueKind == JsonValueKind.Null)
            return null;
        var overrides = new ApnsOverrides();
        foreach (var (name, value, memberAt) in Members(apns, at))
        {
            switch (name)
            {
                case "pushType": overrides = overrides with { PushType = Text(value, memberAt) }; break;
                case "topic": overrides = overrides with { Topic = Text(value, memberAt) }; break;
                case "priority": overrides = overrides with { Priority = (int?)WholeNumber(value, memberAt, 1, 10) }; break;
                case "expiration": overrides = overrides with { Expiration = ReadExpiration(value, memberAt) }; break;
                case "collapseId": overrides = overrides with { CollapseId = Text(value, memberAt) }; break;
                case "payload": overrides = overrides with { Payload = JsonObject(value, memberAt) }; break;
                default: Unknown(memberAt); break;
            }
        }

        return overrides;
    }

    private ApnsExpiration? ReadExpiration(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind == JsonValueKind.String && value.ValueEquals(ApnsExpiration.NoneWord))
            return ApnsExpiration.None;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is >= 0 and <= ApnsExpiration.Latest)
            return new ApnsExpiration(seconds);
        Add(at, $"must be Unix seconds, 0 for one attempt, or \"{ApnsExpiration.NoneWord}\"");
        return null;
    }

    private IEnumerable<(string Name, JsonElement Value, string At)> Members(JsonElement parent, string at)
    {
        if (parent.ValueKind != JsonValueKind.Object)
        {
            Add(at, $"must be an object, not {Kind(parent)}");
            yield break;
        }

        foreach (var member in parent.EnumerateObject())
        {
            if (NameOf(member) is { } name)
                yield return (name, member.Value, JsonPointer.To(at, name));
            else
                Add(at, "has a member whose name is not valid Unicode");
        }
    }

    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null; // a lone surrogate or broken UTF-8
        }
    }

    private string? Text(JsonElement value, string at, bool mayBeEmpty = false)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String)
        {
            Add(at, $"must be a string, not {Kind(value)}");
            return null;
        }

        try
        {
            var text = value.GetString()!;
            if (text.Length == 0 && !mayBeEmpty)
                Add(at, "must not be empty");
            return text;
        }
        catch (InvalidOperationException)
        {
            Add(at, "is not valid Unicode");
            return null;
        }
    }

    private string? HttpsUrl(JsonElement value, string at)
    {
        var text = Text(value, at);
        if (!string.IsNullOrEmpty(text) && !(Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps))
            Add(at, "must be an absolute https URL");
        return text;
    }

    private long? WholeNumber(JsonElement value, string at, long min, long max)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max)
            return number;
        Add(at, $"must be a whole number from {min} to {max}");
        return null;
    }

    private bool Flag(JsonElement value, string at)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null))
            Add(at, $"must be true or false, not {Kind(value)}");
        return value.ValueKind == JsonValueKind.True;
    }

    private T OneOf<T>(JsonElement value, string at, (string Word, T Value) first, (string Word, T Value) second)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            if (value.ValueEquals(first.Word))
                return first.Value;
            if (value.ValueEquals(second.Word))
                return second.Value;
        }

        Add(at, $"must be \"{first.Word}\" or \"{second.Word}\"");
        return first.Value;
    }

    /// <summary>A copy of an object in a provider's own words, which outlives the request's document.</summary>
    private JsonElement? JsonObject(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.Object)
            Add(at, $"must be an object, not {Kind(value)}");
        else if (!value.IsUnicode())
            Add(at, "has a string that is not valid Unicode");
        else
            return value.Clone();
        return null;
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    private void Unknown(string at) => Add(at, "is not a known member");

    private void Add(string pointer, string detail) => _problems.Add(new PushProblem(pointer, detail));
}
