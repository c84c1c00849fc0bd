using System.Buffers;

namespace Dispatcher.Core.Pushes;

/// <summary>The names that FCM's topics can have. Source: Firebase, reference of the topic subscription API.</summary>
public static class TopicName
{
    /// <summary>Longest name.</summary>
    public const int MaxLength = 900;

    private static readonly SearchValues<char> Characters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.~%");

    /// <summary>Says what is wrong with a name, or <see langword="null"/> when a topic may have it.</summary>
    /// <param name="name">The name.</param>
    public static string? Problem(ReadOnlySpan<char> name) => name switch
    {
        { IsEmpty: true } => "must not be empty",
        { Length: > MaxLength } => $"must have at most {MaxLength} characters, not {name.Length}",
        _ when name.StartsWith("/topics/", StringComparison.Ordinal) => "must be the name alone, without /topics/",
        _ when name.ContainsAnyExcept(Characters) => "may have the characters a-z A-Z 0-9 - _ . ~ % only",
        _ => null,
    };

    /// <summary>How many characters of a text, from its beginning, a name may have.</summary>
    internal static int LengthIn(ReadOnlySpan<char> text) =>
        text.IndexOfAnyExcept(Characters) is >= 0 and var end ? end : text.Length;
}
