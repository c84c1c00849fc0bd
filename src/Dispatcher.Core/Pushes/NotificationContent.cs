namespace Dispatcher.Core.Pushes;

/// <summary>What the user sees, in words that both providers share. Absent (<see langword="null"/>) parts are not rendered.</summary>
public sealed record NotificationContent
{
    /// <summary>The first line.</summary>
    public string? Title { get; init; }

    /// <summary>The second line; APNs only, FCM has no such field.</summary>
    public string? Subtitle { get; init; }

    /// <summary>The text.</summary>
    public string? Body { get; init; }

    /// <summary>An absolute https URL of a picture.</summary>
    public string? Image { get; init; }

    /// <summary>A sound file of the app, or <c>default</c>.</summary>
    public string? Sound { get; init; }

    /// <summary>The number on the app's icon; 0 removes it.</summary>
    public int? Badge { get; init; }
}
