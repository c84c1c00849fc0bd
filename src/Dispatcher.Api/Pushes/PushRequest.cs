using System.Text.Json;
using Dispatcher.Api.Content;
using Dispatcher.Api.Templates;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>A target as the caller named it.</summary>
/// <param name="App">The app.</param>
/// <param name="Target">Whom of it.</param>
internal readonly record struct RequestedTarget(string App, Target Target)
{
    /// <summary>The id that the push is to have; <see langword="null"/> when the caller did not say.</summary>
    public Guid? Id { get; init; }

    /// <summary>What it has for itself; <see langword="null"/> when it gets what all get.</summary>
    public OwnContent? Own { get; init; }
}

/// <summary>The body of <c>POST /push</c>, read but not yet checked against apps and providers.</summary>
/// <param name="Targets">Who is to get it.</param>
/// <param name="IsList">Whether <c>to</c> was an array, which decides how a pointer to a target looks.</param>
/// <param name="Class">How soon it matters.</param>
/// <param name="Content">What all targets get; id, app and target are blank.</param>
internal sealed record PushRequest(IReadOnlyList<RequestedTarget> Targets, bool IsList, PushClass Class, PushNotification Content)
{
    /// <summary>The id that the caller gave the request; <see langword="null"/> without one.</summary>
    public Guid? Id { get; init; }

    /// <summary>The key under which the request may come again; <see langword="null"/> without one.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The language of targets that have none of their own.</summary>
    public string? Locale { get; init; }

    /// <summary>What the notification says in other languages, by tags that are compared without case.</summary>
    public IReadOnlyDictionary<string, NotificationContent>? Localized { get; init; }

    /// <summary>The name of the template that it uses.</summary>
    public string? TemplateName { get; init; }

    /// <summary>The template that it brings along.</summary>
    public Template? Template { get; init; }

    /// <summary>The template's variables that all targets share.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }

    /// <summary>The body itself, for saying where something is wrong; good for as long as its document.</summary>
    public JsonElement Json { get; init; }

    /// <summary>Where a target stands in the body.</summary>
    /// <param name="index">Its index.</param>
    public string PointerTo(int index) => IsList ? $"/to/{index}" : "/to";
}
