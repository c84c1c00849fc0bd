using System.Text.Json;
using Dispatcher.Api.Content;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>Reads what the user sees, and what the app itself gets.</summary>
/// <param name="members">Where problems go.</param>
/// <param name="inTemplate">Whether text may have placeholders, so that what it will be is not known yet.</param>
internal sealed class ContentReader(MemberReader members, bool inTemplate = false)
{
    /// <summary>The badge, where a template has a placeholder for it.</summary>
    public string? Badge { get; private set; }

    /// <summary>Reads <c>notification</c>.</summary>
    /// <param name="notification">The JSON.</param>
    /// <param name="at">Where it is.</param>
    /// <param name="localized">The same in other languages, by tags that are compared without case.</param>
    public NotificationContent? ReadNotification(
        JsonElement notification, string at, out IReadOnlyDictionary<string, NotificationContent>? localized)
    {
        localized = null;
        if (notification.ValueKind == JsonValueKind.Null)
            return null;
        var content = new NotificationContent();
        foreach (var (name, value, memberAt) in members.Members(notification, at))
        {
            switch (name)
            {
                case "localized": localized = ReadLocalized(value, memberAt); break;
                default: content = ReadField(content, name, value, memberAt, isNeutral: true); break;
            }
        }

        if (content != new NotificationContent() || Badge is not null)
            return content;
        if (localized is null && members.Problems.Count == 0)
            members.Add(at, "shows nothing; give at least one of title, subtitle, body, image, sound, badge");
        return localized is null ? content : null;
    }

    /// <summary>Reads <c>data</c>.</summary>
    /// <param name="data">The JSON.</param>
    /// <param name="at">Where it is.</param>
    public Dictionary<string, string>? ReadData(JsonElement data, string at)
    {
        if (data.ValueKind == JsonValueKind.Null)
            return null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value, memberAt) in members.Members(data, at))
        {
            if (value.ValueKind != JsonValueKind.String)
                members.Add(memberAt, $"must be a string, not {MemberReader.KindOf(value)}; providers carry strings only");
            else if (name.Length == 0)
                members.Add(at, "has a member without a name");
            else if (members.Text(value, memberAt, mayBeEmpty: true) is { } text)
                values[name] = text;
        }

        return values;
    }

    private Dictionary<string, NotificationContent>? ReadLocalized(JsonElement localized, string at)
    {
        if (localized.ValueKind == JsonValueKind.Null)
            return null;
        var variants = new Dictionary<string, NotificationContent>(StringComparer.OrdinalIgnoreCase);
        foreach (var (tag, variant, variantAt) in members.Members(localized, at))
        {
            if (LanguageTag.Problem(tag) is { } problem)
                members.Add(variantAt, problem);
            var content = new NotificationContent();
            foreach (var (name, value, memberAt) in members.Members(variant, variantAt))
                content = ReadField(content, name, value, memberAt, isNeutral: false);
            if (!variants.TryAdd(tag, content))
                members.Add(variantAt, "is there twice; the case of a language tag means nothing");
        }

        if (variants.Count == 0 && members.Problems.Count == 0)
            members.Add(at, "has no language; leave it out");
        return variants;
    }

    private NotificationContent ReadField(NotificationContent content, string name, JsonElement value, string at, bool isNeutral)
    {
        switch (name)
        {
            case "title": return content with { Title = members.Text(value, at) };
            case "subtitle": return content with { Subtitle = members.Text(value, at) };
            case "body": return content with { Body = members.Text(value, at) };
            case "image" when inTemplate && IsPlaceholder(value): return content with { Image = members.Text(value, at) };
            case "image": return content with { Image = members.HttpsUrl(value, at) };
            case "sound": return content with { Sound = members.Text(value, at) };
            case "badge" when inTemplate && isNeutral && IsPlaceholder(value): Badge = members.Text(value, at); return content;
            case "badge": return content with { Badge = (int?)members.WholeNumber(value, at, 0, int.MaxValue) };
            default: members.Unknown(at); return content;
        }
    }

    private static bool IsPlaceholder(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.IsUnicode() && Placeholders.Any(value.GetString()!);
}
