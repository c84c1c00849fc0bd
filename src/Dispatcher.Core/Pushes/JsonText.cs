using System.Text.Json;

namespace Dispatcher.Core.Pushes;

/// <summary>What JSON says of its own strings. A parser leaves them as they are until somebody asks for them.</summary>
public static class JsonText
{
    // Of a value that a message repeats. Device tokens are longer, or have more than letters.
    private const int LongestShown = 20;

    /// <summary>Whether every string and name within is valid Unicode: no lone surrogate escaped, no bytes that are not UTF-8.</summary>
    /// <param name="value">The JSON.</param>
    public static bool IsUnicode(this JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString() is not null,
                JsonValueKind.Object => value.EnumerateObject().All(member => member.Name is not null && member.Value.IsUnicode()),
                JsonValueKind.Array => value.EnumerateArray().All(item => item.IsUnicode()),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false; // how the parser reports what it cannot transcode
        }
    }

    /// <summary>
    /// What a value is, for a message that says what it must be. Text is repeated only where it can be nobody's token: up to 20 letters.
    /// </summary>
    /// <param name="value">The JSON.</param>
    public static string Describe(this JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String when !value.IsUnicode() => "a string that is not valid Unicode",
        JsonValueKind.String => Describe(value.GetString()!),
        JsonValueKind.Number => value.GetRawText() is { Length: <= LongestShown } number ? number : "a number with many digits",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    /// <summary>Whether the value is a string that says just that.</summary>
    /// <param name="value">The JSON.</param>
    /// <param name="word">What it may say.</param>
    public static bool Says(this JsonElement value, string word)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String && value.ValueEquals(word);
        }
        catch (InvalidOperationException)
        {
            return false; // the parser does not compare what it cannot transcode
        }
    }

    private static string Describe(string text) =>
        text.Length <= LongestShown && text.All(c => char.IsAsciiLetter(c) || c is '-' or '_')
            ? $"\"{text}\""
            : text.Length == 1 ? "a string of 1 character" : $"a string of {text.Length} characters";
}
