using System.Text.Json;
using Dispatcher.Api.Content;
using Dispatcher.Api.Pushes;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Templates;

/// <summary>Reads a template, and says everything that is wrong with it.</summary>
/// <param name="members">Where problems go.</param>
internal sealed class TemplateReader(MemberReader members)
{
    /// <summary>Different variables that a template may name, as many as a request may give.</summary>
    public const int MaxVariables = VariablesReader.MaxVariables;

    private readonly ContentReader _content = new(members, inTemplate: true);
    private readonly ApnsReader _apns = new(members);
    private readonly HashSet<string> _variables = new(StringComparer.Ordinal);

    /// <summary>Reads a template.</summary>
    /// <param name="template">The JSON.</param>
    /// <param name="at">Where it is.</param>
    /// <param name="name">The name of a file's; it may have a tenant and a description.</param>
    /// <returns>The template; only to be used without problems.</returns>
    public Template Read(JsonElement template, string at, string? name)
    {
        var content = new PushNotification { Id = default, App = "", Target = Target.Token(""), AcceptedAt = default };
        IReadOnlyDictionary<string, NotificationContent>? localized = null;
        string? tenant = null;
        foreach (var (member, value, memberAt) in members.Members(template, at))
        {
            switch (member)
            {
                case "tenant" when name is not null:
                    tenant = members.Text(value, memberAt);
                    break;
                case "description" when name is not null:
                    members.Text(value, memberAt, mayBeEmpty: true);
                    break;
                case "notification":
                    content = content with { Notification = _content.ReadNotification(value, memberAt, out localized) };
                    FindPlaceholders(value, memberAt);
                    break;
                case "data":
                    content = content with { Data = _content.ReadData(value, memberAt) };
                    FindPlaceholders(value, memberAt);
                    break;
                case "priority":
                    content = content with { Priority = members.OneOf(value, memberAt, ("high", PushPriority.High), ("normal", PushPriority.Normal)) };
                    break;
                case "timeToLive":
                    content = content with { TimeToLive = (int?)members.WholeNumber(value, memberAt, 0, PushLimits.MaxTimeToLive) };
                    break;
                case "collapseKey":
                    content = content with { CollapseKey = members.Text(value, memberAt) };
                    FindPlaceholders(value, memberAt);
                    break;
                case "apns":
                    content = content with { Apns = _apns.Read(value, memberAt) };
                    FindPlaceholders(value, memberAt);
                    RefuseFixed(content.Apns, memberAt);
                    break;
                case "fcm":
                    content = content with { Fcm = members.JsonObject(value, memberAt) };
                    FindPlaceholders(value, memberAt);
                    break;
                default:
                    members.Unknown(memberAt);
                    break;
            }
        }

        if (_variables.Count > MaxVariables)
            members.Add(at, $"names {_variables.Count} variables; at most {MaxVariables} can be given");
        return new Template
        {
            Name = name,
            Tenant = tenant,
            Content = content,
            Localized = localized,
            Badge = _content.Badge,
            Variables = _variables,
            Json = members.Problems.Count == 0 ? template.Clone() : default,
        };
    }

    private void FindPlaceholders(JsonElement value, string at)
    {
        if (value.IsUnicode()) // what is not, has been said
            Walk(value, at);
    }

    private void Walk(JsonElement value, string at)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                if (Placeholders.Problem(value.GetString()!) is { } problem)
                    members.Add(at, problem);
                else
                    _variables.UnionWith(Placeholders.Names(value.GetString()!));
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                    Walk(item, $"{at}/{index++}");
                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    if (Placeholders.Any(member.Name))
                        members.Add(JsonPointer.To(at, member.Name), "has a placeholder in its name; they stand in values only");
                    Walk(member.Value, JsonPointer.To(at, member.Name));
                }

                break;
        }
    }

    // What decides about the rules and the rights of a push is no variable.
    private void RefuseFixed(ApnsOverrides? apns, string at)
    {
        foreach (var (name, text) in new[] { ("pushType", apns?.PushType), ("topic", apns?.Topic) })
        {
            if (text is not null && Placeholders.Any(text))
                members.Add($"{at}/{name}", "takes no placeholder");
        }
    }
}
