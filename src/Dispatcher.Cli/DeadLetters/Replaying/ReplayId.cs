using System.Security.Cryptography;
using System.Text;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>The name of a replay. The same filters give the same name, so that the same command goes on where it ended.</summary>
internal static class ReplayId
{
    public const int MaxLength = 100; // a group id has 255 at most, and some of them are the prefix

    private const int HashDigits = 8;

    /// <summary>The name where none is given.</summary>
    /// <param name="topicPrefix">What the topics start with.</param>
    /// <param name="filters">The filters as they were typed.</param>
    public static string Of(string topicPrefix, IReadOnlyList<TypedFilter> filters)
    {
        // Words that may be shown; a device's token may not.
        var words = filters
            .Where(filter => filter.Name is "--app" or "--reason" or "--provider" or "--class").OrderBy(filter => filter.Name, StringComparer.Ordinal)
            .SelectMany(filter => filter.Values.Order(StringComparer.Ordinal));
        var readable = string.Join('-', words.Select(Readable).Where(word => word is not "")).ToLowerInvariant();
        return $"{(readable is "" ? "all" : readable[..Math.Min(readable.Length, 40)].TrimEnd('-'))}-{Hash(topicPrefix, filters)}";
    }

    /// <summary>A short hash of the filters. Their order does not matter, nor that of their values.</summary>
    /// <param name="topicPrefix">What the topics start with.</param>
    /// <param name="filters">The filters as they were typed.</param>
    public static string Hash(string topicPrefix, IReadOnlyList<TypedFilter> filters)
    {
        var lines = filters.Where(filter => filter.Values.Count > 0).OrderBy(filter => filter.Name, StringComparer.Ordinal)
            .Select(filter => $"{filter.Name} {string.Join(',', filter.Values.Order(StringComparer.Ordinal))}");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines.Prepend(topicPrefix))));
        return Convert.ToHexStringLower(hash)[..HashDigits];
    }

    /// <summary>Whether a name can be part of a group's.</summary>
    public static bool IsValid(string id) => id.Length is > 0 and <= MaxLength && id.All(IsPlain);

    private static string Readable(string word) => string.Concat(word.Where(IsPlain));

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';
}

/// <summary>A filter of a command line, as typed.</summary>
/// <param name="Name">The option.</param>
/// <param name="Values">What it was given.</param>
internal sealed record TypedFilter(string Name, IReadOnlyList<string> Values);
