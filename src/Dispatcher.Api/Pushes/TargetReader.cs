using System.Text.Json;
using Dispatcher.Api.Content;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>Reads whom a request is for.</summary>
internal sealed class TargetReader(MemberReader members, ContentReader content, VariablesReader variables)
{
    /// <summary>Reads <c>to</c>: one target, or an array of them.</summary>
    /// <param name="to">The JSON.</param>
    /// <param name="at">Where it is.</param>
    public List<RequestedTarget> ReadAll(JsonElement to, string at)
    {
        if (to.ValueKind != JsonValueKind.Array)
            return [Read(to, at)];

        var count = to.GetArrayLength();
        if (count is 0 or > PushLimits.MaxTargets)
        {
            members.Add(at, $"must have 1 to {PushLimits.MaxTargets:N0} targets, not {count:N0}");
            return [];
        }

        var targets = new List<RequestedTarget>(count);
        foreach (var target in to.EnumerateArray())
            targets.Add(Read(target, $"{at}/{targets.Count}"));
        return targets;
    }

    private RequestedTarget Read(JsonElement target, string at)
    {
        string? app = null;
        Target? whom = null;
        OwnContent? own = null;
        Guid? id = null;
        foreach (var (name, value, memberAt) in members.Members(target, at))
        {
            if (name == "app")
                app = members.Text(value, memberAt) ?? "";
            else if (name == "locale")
                own = (own ?? new()) with { Locale = members.Locale(value, memberAt) };
            else if (name == "variables")
                own = (own ?? new()) with { Variables = variables.Read(value, memberAt) };
            else if (name == "data")
                own = (own ?? new()) with { Data = content.ReadData(value, memberAt) };
            else if (name == "id")
                id = members.Uuid(value, memberAt);
            else if (Target.KindOf(name) is not { } kind)
                members.Unknown(memberAt);
            else if (whom is not null)
                members.Add(memberAt, $"is one too many: the target has a {whom.Word}");
            else
                whom = new Target(kind, members.Text(value, memberAt, mayBeEmpty: true) ?? ""); // what it may be, its provider's rules say
        }

        if (target.ValueKind == JsonValueKind.Object && app is null)
            members.Add($"{at}/app", "is missing");
        if (target.ValueKind == JsonValueKind.Object && whom is null)
            members.Add($"{at}/token", "is missing");
        return new RequestedTarget(app ?? "", whom ?? Target.Token("")) { Id = id, Own = own };
    }
}
