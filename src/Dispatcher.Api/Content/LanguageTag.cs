using System.Text.RegularExpressions;

namespace Dispatcher.Api.Content;

/// <summary>Language tags as BCP 47 has them, such as <c>de</c> or <c>pt-BR</c>. Their case means nothing.</summary>
internal static partial class LanguageTag
{
    /// <summary>Longest tag, in characters. RFC 5646, section 4.4.1, asks for room for 35; extensions and private use get some more.</summary>
    public const int MaxLength = 64;

    /// <summary>Says what is wrong with a tag, or <see langword="null"/> when it is one.</summary>
    /// <param name="tag">The tag.</param>
    public static string? Problem(string tag) => tag switch
    {
        "" => "must not be empty",
        { Length: > MaxLength } => $"must have at most {MaxLength} characters, not {tag.Length}",
        _ when WellFormed.IsMatch(tag) => null,
        _ when tag.Contains('_', StringComparison.Ordinal) => "must be a BCP 47 language tag such as pt-BR, with hyphens and not with underscores",
        _ => "must be a BCP 47 language tag such as de or pt-BR",
    };

    /// <summary>
    /// The tag and what it falls back to, most specific first, as RFC 4647 section 3.4 has it: <c>zh-Hant-TW</c>, <c>zh-Hant</c>, <c>zh</c>.
    /// </summary>
    /// <param name="tag">The tag.</param>
    public static IEnumerable<string> Fallbacks(string tag)
    {
        for (var length = tag.Length; length > 0; length = Shorter(tag, length))
            yield return tag[..length];
    }

    // The last subtag goes, and with it a single letter before it: an extension without its value says nothing.
    private static int Shorter(string tag, int length)
    {
        var cut = tag.LastIndexOf('-', length - 1);
        return cut >= 2 && tag[cut - 2] == '-' ? cut - 2 : Math.Max(cut, 0);
    }

    // RFC 5646, section 2.1: language, script, region, variants, extensions, private use. The irregular tags of old are not for apps.
    [GeneratedRegex(
        """
        ^(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})
        (?:-[a-z]{4})?
        (?:-(?:[a-z]{2}|[0-9]{3}))?
        (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*
        (?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*
        (?:-x(?:-[a-z0-9]{1,8})+)?
        |x(?:-[a-z0-9]{1,8})+)\z
        """,
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex WellFormed { get; }
}
