using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>What a rendered body must and must not hold, by push type. What is wrong with it came from the push's own payload.</summary>
internal sealed class ApnsBodyRules
{
    private const string PayloadPointer = "/apns/payload";
    private const string ApsPointer = "/apns/payload/aps";

    private static readonly string[] StartMembers = ["attributes-type", "attributes", "input-push-channel", "input-push-token"];

    private readonly ApnsPushType _type;
    private readonly List<PushProblem> _problems;

    private ApnsBodyRules(ApnsPushType type, List<PushProblem> problems) => (_type, _problems) = (type, problems);

    /// <summary>Checks a body.</summary>
    /// <param name="body">What APNs would get.</param>
    /// <param name="type">The push's type.</param>
    /// <param name="isBroadcast">Whether it goes to a channel.</param>
    /// <param name="problems">What is wrong so far, to which this adds.</param>
    public static void Check(JsonElement body, ApnsPushType type, bool isBroadcast, List<PushProblem> problems)
    {
        var rules = new ApnsBodyRules(type, problems);
        if (!type.HasAps)
            rules.CheckWithoutAps(body);
        else if (!body.TryGetProperty("aps", out var aps))
            rules.CheckShown(body);
        else if (aps.ValueKind != JsonValueKind.Object)
            rules.Add(ApsPointer, $"must be an object, not {aps.Describe()}");
        else
            rules.CheckAps(body, aps, isBroadcast);
    }

    private void CheckWithoutAps(JsonElement body)
    {
        var allowed = _type == ApnsPushType.Mdm ? "mdm" : null;
        foreach (var member in body.EnumerateObject().Where(member => member.Name != allowed))
            Add(JsonPointer.To(PayloadPointer, member.Name), allowed is null ? "must not be there: Wallet takes {}" : "must not be there beside 'mdm'");
        if (allowed is null)
            return;
        if (!body.TryGetProperty(allowed, out var magic))
            Add($"{PayloadPointer}/{allowed}", "is missing: an mdm push holds the device's PushMagic and nothing else");
        else if (magic.ValueKind != JsonValueKind.String)
            Add($"{PayloadPointer}/{allowed}", $"must be a string, not {magic.Describe()}");
    }

    private void CheckAps(JsonElement body, JsonElement aps, bool isBroadcast)
    {
        foreach (var member in aps.EnumerateObject())
        {
            var pointer = JsonPointer.To(ApsPointer, member.Name);
            if (ApnsFields.Problem(member.Name, member.Value) is { } problem)
                Add(pointer, $"{problem}, not {member.Value.Describe()}");
            else if (_type == ApnsPushType.Background && member.Name != _type.Flag && !ApnsPushType.ShowsSomething(body))
                Add(pointer, "must not be in a background push: its aps holds content-available and nothing else");
            else if (member.Name == "alert" && member.Value.ValueKind == JsonValueKind.Object)
                CheckAlert(member.Value);
            else if (member.Name == "relevance-score" && _type != ApnsPushType.LiveActivity && member.Value.GetDouble() is < 0 or > 1)
                Add(pointer, $"must be 0 to 1, not {member.Value.Describe()}");
        }

        CheckShown(body);
        if (_type.Flag is { } flag && !aps.TryGetProperty(flag, out _))
            Add($"{ApsPointer}/{flag}", $"must stay: it makes a {_type.Name} push what it is");
        if (_type == ApnsPushType.LiveActivity)
            CheckLiveActivity(aps, isBroadcast);
    }

    private void CheckAlert(JsonElement alert)
    {
        foreach (var member in alert.EnumerateObject())
        {
            if (ApnsFields.AlertProblem(member.Name, member.Value, _type == ApnsPushType.LiveActivity) is { } problem)
                Add(JsonPointer.To($"{ApsPointer}/alert", member.Name), $"{problem}, not {member.Value.Describe()}");
        }
    }

    // A type that does not match what is shown is answered with an error, delayed, or dropped without a word.
    private void CheckShown(JsonElement body)
    {
        var shows = ApnsPushType.ShowsSomething(body);
        if (_type.IsSilent && shows)
            Add("/apns/pushType", $"{_type.Name} is for a push with nothing to show, hear or count");
        else if (_type == ApnsPushType.Alert && !shows)
            Add("/apns/pushType", "alert is for a push with something to show, hear or count");
        else if (_type == ApnsPushType.LiveActivity && !body.TryGetProperty("aps", out _))
            Add(ApsPointer, "is missing: it holds everything that a Live Activity needs");
    }

    private void CheckLiveActivity(JsonElement aps, bool isBroadcast)
    {
        Require(aps, "timestamp", "is missing: it orders the updates of a Live Activity");
        if (!Require(aps, "event", "is missing: start, update or end") || aps.GetProperty("event") is not { ValueKind: JsonValueKind.String } word)
            return;

        var isStart = word.ValueEquals("start");
        var isEnd = word.ValueEquals("end");
        if (!isEnd)
            Require(aps, "content-state", "is missing: the state to show");
        if (isStart && isBroadcast)
            Add($"{ApsPointer}/event", "must be update or end: a broadcast cannot start a Live Activity");
        if (isStart)
        {
            Require(aps, "attributes-type", "is missing: a start names the type of its attributes");
            Require(aps, "attributes", "is missing: a start has attributes");
            Require(aps, "alert", "is missing: a start tells the user about it");
        }

        foreach (var name in StartMembers.Where(name => !isStart && aps.TryGetProperty(name, out _)))
            Add($"{ApsPointer}/{name}", "belongs to the event start");
        if (!isEnd && aps.TryGetProperty("dismissal-date", out _))
            Add($"{ApsPointer}/dismissal-date", "belongs to the event end");
    }

    private bool Require(JsonElement aps, string name, string problem)
    {
        if (aps.TryGetProperty(name, out _))
            return true;
        Add($"{ApsPointer}/{name}", problem);
        return false;
    }

    private void Add(string pointer, string message) => _problems.Add(new(pointer, message));
}
