using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Content;

/// <summary>A notification in several languages, of which every target gets one.</summary>
internal static class Localization
{
    /// <summary>The most specific variant for a locale; <see langword="null"/> when there is none, and the neutral fields count.</summary>
    /// <param name="variants">What there is, by tags that are compared without case.</param>
    /// <param name="locale">The target's.</param>
    public static string? Find(IReadOnlyDictionary<string, NotificationContent>? variants, string? locale) =>
        variants is null || locale is null ? null
        : LanguageTag.Fallbacks(locale).FirstOrDefault(variants.ContainsKey) is { } tag ? NameOf(variants, tag)
        : null;

    /// <summary>A variant's tag as whoever wrote the variants wrote it.</summary>
    /// <param name="variants">The variants.</param>
    /// <param name="tag">The tag of one of them.</param>
    public static string NameOf(IReadOnlyDictionary<string, NotificationContent> variants, string tag) =>
        variants.Keys.First(name => name.Equals(tag, StringComparison.OrdinalIgnoreCase));

    /// <summary>What a variant shows: each field from the most specific variant that has it, or else neutral.</summary>
    /// <param name="neutral">The fields without a language.</param>
    /// <param name="variants">The variants.</param>
    /// <param name="tag">The one that <see cref="Find"/> found.</param>
    public static NotificationContent? Resolve(
        NotificationContent? neutral, IReadOnlyDictionary<string, NotificationContent>? variants, string? tag)
    {
        if (variants is null || tag is null)
            return neutral;
        var content = neutral;
        foreach (var fallback in LanguageTag.Fallbacks(tag).Reverse())
        {
            if (variants.TryGetValue(fallback, out var variant))
                content = Over(variant, content);
        }

        return content;
    }

    /// <summary>Lays the fields of one notification over those of another.</summary>
    /// <param name="over">Whose fields count.</param>
    /// <param name="under">What counts where the other has none.</param>
    public static NotificationContent? Over(NotificationContent? over, NotificationContent? under) => (over, under) switch
    {
        (null, _) => under,
        (_, null) => over,
        _ => new NotificationContent
        {
            Title = over.Title ?? under.Title,
            Subtitle = over.Subtitle ?? under.Subtitle,
            Body = over.Body ?? under.Body,
            Image = over.Image ?? under.Image,
            Sound = over.Sound ?? under.Sound,
            Badge = over.Badge ?? under.Badge,
        },
    };
}
