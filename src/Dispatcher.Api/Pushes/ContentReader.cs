using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>Reads what the user sees, and what the app itself gets.</summary>
internal sealed class ContentReader(MemberReader members)
{
    /// <summary>Reads <c>notification</c>.</summary>
    /// <param name="notification">The JSON.</param>
    /// <param name="at">Where it is.</param>
    public NotificationContent? ReadNotification(JsonElement notification, string at)
    {
        if (notification.ValueKind == JsonValueKind.Null)
            return null;
        var content = new NotificationContent();
        foreach (var (name, value, memberAt) in members.Members(notification, at))
        {
            switch (name)
            {
                case "title": content = content with { Title = members.Text(value, memberAt) }; break;
                case "subtitle": content = content with { Subtitle = members.Text(value, memberAt) }; break;
                case "body": content = content with { Body = members.Text(value, memberAt) }; break;
                case "image": content = content with { Image = members.HttpsUrl(value, memberAt) }; break;
                case "sound": content = content with { Sound = members.Text(value, memberAt) }; break;
                case "badge": content = content with { Badge = (int?)members.WholeNumber(value, memberAt, 0, int.MaxValue) }; break;
                default: members.Unknown(memberAt); break;
            }
        }

        if (content == new NotificationContent() && members.Problems.Count == 0)
            members.Add(at, "shows nothing; give at least one of title, subtitle, body, image, sound, badge");
        return content;
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
}
