using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers;

/// <summary>How long a push can be at most, rendered or as a record, without writing it: most pushes are far from any limit, and need not be rendered to know.</summary>
public static class RenderedSize
{
    /// <summary>The names that rendering adds, with room to spare.</summary>
    private const int Names = 512;

    /// <summary>A character takes six bytes at most, as <c>\u0001</c>.</summary>
    private const int BytesPerCharacter = 6;

    /// <summary>Quotes, colon and comma.</summary>
    private const int BytesPerMember = 6;

    /// <summary>The bound; none for a push with content in a provider's own words.</summary>
    /// <param name="push">The push.</param>
    public static int AtMost(PushNotification push)
    {
        if (push.Apns?.Payload is not null || push.Fcm is not null)
            return int.MaxValue;
        var characters = push.Target.Value.Length + (push.CollapseKey?.Length ?? 0);
        if (push.Notification is { } content)
        {
            characters += (content.Title?.Length ?? 0) + (content.Subtitle?.Length ?? 0) + (content.Body?.Length ?? 0)
                + (content.Image?.Length ?? 0) + (content.Sound?.Length ?? 0);
        }

        var members = 0;
        if (push.Data is { Count: > 0 } data)
        {
            members = data.Count;
            foreach (var (key, value) in data)
                characters += key.Length + value.Length;
        }

        return Names + (BytesPerCharacter * characters) + (BytesPerMember * members);
    }
}
