using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Templates;

/// <summary>Content with placeholders, which a request fills with variables: a file's, or one that a request brings along.</summary>
internal sealed class Template
{
    /// <summary>Its name; <see langword="null"/> for one that stands in a request.</summary>
    public string? Name { get; init; }

    /// <summary>Who may use it; <see langword="null"/> for everybody.</summary>
    public string? Tenant { get; init; }

    /// <summary>What it says, placeholders and all; id, app and target are blank.</summary>
    public required PushNotification Content { get; init; }

    /// <summary>What the notification says in other languages.</summary>
    public IReadOnlyDictionary<string, NotificationContent>? Localized { get; init; }

    /// <summary>The notification's badge, where it is a placeholder and not a number.</summary>
    public string? Badge { get; init; }

    /// <summary>The variables that it names.</summary>
    public required IReadOnlySet<string> Variables { get; init; }

    /// <summary>The JSON that it was read from, for saying where something is wrong.</summary>
    public required JsonElement Json { get; init; }

    /// <summary>How messages call it.</summary>
    public string Title => Name is null ? "the template" : $"template '{Name}'";

    /// <summary>Whether two templates were read from the same JSON under the same name.</summary>
    /// <param name="other">The other one.</param>
    public bool IsSameAs(Template other) => Name == other.Name && JsonElement.DeepEquals(Json, other.Json);
}
