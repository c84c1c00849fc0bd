using System.Text.Json;

namespace Dispatcher.Core.Pushes;

/// <summary>What JSON says of its own strings. A parser leaves them as they are until somebody asks for them.</summary>
public static class JsonText
{
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
}
