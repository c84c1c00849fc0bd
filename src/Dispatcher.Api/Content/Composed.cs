using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Content;

/// <summary>What one target gets, or many of them that differ in nothing.</summary>
/// <param name="content">The content; id, app and target are blank.</param>
internal sealed class Composed(PushNotification content)
{
    /// <summary>The content; id, app and target are blank.</summary>
    public PushNotification Content { get; } = content;

    /// <summary>Whether it is for one target alone, because that has variables or data of its own.</summary>
    public bool IsPersonal { get; init; }

    /// <summary>The language that was found among the request's; <see langword="null"/> for the neutral fields.</summary>
    public string? Language { get; init; }

    /// <summary>The language that was found among the template's.</summary>
    public string? TemplateLanguage { get; init; }
}
