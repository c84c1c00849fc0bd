using System.Text.Json;
using Dispatcher.Api.Pushes;
using Dispatcher.Api.Templates;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Content;

/// <summary>
/// Finds where a problem of a composed push comes from: rules point into the push, but the caller has to repair a request, whose target,
/// language or template the wrong value may come from.
/// </summary>
/// <param name="request">The request.</param>
/// <param name="template">The template that it uses.</param>
internal sealed class Origin(PushRequest request, Template? template)
{
    /// <summary>The same problem with its place in the request.</summary>
    /// <param name="problem">A problem with its place in the push.</param>
    /// <param name="index">Whose push.</param>
    /// <param name="composed">What it gets.</param>
    public PushProblem Of(PushProblem problem, int index, Composed composed)
    {
        var (pointer, message) = problem;
        var path = pointer.Split('/');
        if (pointer.Length == 0)
            return composed.IsPersonal || (composed.Language ?? composed.TemplateLanguage) is not null ? problem with { JsonPointer = request.PointerTo(index) } : problem;
        if (path is ["", "data", var key] && request.Targets[index].Own?.Data?.ContainsKey(JsonPointer.Unescape(key)) == true)
            return problem with { JsonPointer = request.PointerTo(index) + pointer };
        if (path is ["", "notification", ..] && LocalizedAt(request.Localized, composed.Language, pointer) is { } at)
            return problem with { JsonPointer = at };
        if (template is null || Depth(template.Json, path) <= Depth(request.Json, path))
            return problem;
        if (path is ["", "notification", ..])
            pointer = LocalizedAt(template.Localized, composed.TemplateLanguage, pointer) ?? pointer;
        return template.Name is null
            ? new("/template" + pointer, message)
            : new("/template", $"'{template.Name}' does not suit {request.Targets[index].App}: {pointer} {message}");
    }

    private static string? LocalizedAt(IReadOnlyDictionary<string, NotificationContent>? variants, string? tag, string pointer)
    {
        if (variants is null || tag is null)
            return null;
        var field = pointer["/notification".Length..];
        var variant = LanguageTag.Fallbacks(tag).FirstOrDefault(fallback => variants.TryGetValue(fallback, out var content) && Has(content, field));
        return variant is null ? null : $"/notification/localized/{Localization.NameOf(variants, variant)}{field}";
    }

    private static bool Has(NotificationContent content, string field) => field switch
    {
        "/title" => content.Title is not null,
        "/subtitle" => content.Subtitle is not null,
        "/body" => content.Body is not null,
        "/image" => content.Image is not null,
        "/sound" => content.Sound is not null,
        "/badge" => content.Badge is not null,
        _ => false,
    };

    /// <summary>How many steps of a pointer there are in a document.</summary>
    private static int Depth(JsonElement json, string[] path)
    {
        var depth = 0;
        foreach (var step in path.Skip(1))
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(JsonPointer.Unescape(step), out json))
                break;
            depth++;
        }

        return depth;
    }
}
