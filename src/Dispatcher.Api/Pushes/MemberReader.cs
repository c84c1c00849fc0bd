using System.Text.Json;
using Dispatcher.Api.Content;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>
/// Reads values out of JSON that people wrote, and collects everything that is wrong with them, each with a pointer, so that a caller
/// repairs a request once and not member by member. <c>null</c> is as good as absent.
/// </summary>
internal sealed class MemberReader
{
    /// <summary>What is wrong so far.</summary>
    public List<PushProblem> Problems { get; } = [];

    /// <summary>The members of an object, each with its place.</summary>
    public IEnumerable<(string Name, JsonElement Value, string At)> Members(JsonElement parent, string at)
    {
        if (parent.ValueKind != JsonValueKind.Object)
        {
            Add(at, $"must be an object, not {KindOf(parent)}");
            yield break;
        }

        foreach (var member in parent.EnumerateObject())
        {
            if (NameOf(member) is { } name)
                yield return (name, member.Value, JsonPointer.To(at, name));
            else
                Add(at, "has a member whose name is not valid Unicode");
        }
    }

    /// <summary>A string.</summary>
    public string? Text(JsonElement value, string at, bool mayBeEmpty = false)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String)
        {
            Add(at, $"must be a string, not {KindOf(value)}");
            return null;
        }

        try
        {
            var text = value.GetString()!;
            if (text.Length == 0 && !mayBeEmpty)
                Add(at, "must not be empty");
            return text;
        }
        catch (InvalidOperationException)
        {
            Add(at, "is not valid Unicode");
            return null;
        }
    }

    /// <summary>A string that is an absolute https URL.</summary>
    public string? HttpsUrl(JsonElement value, string at)
    {
        var text = Text(value, at);
        if (!string.IsNullOrEmpty(text) && !IsHttpsUrl(text))
            Add(at, $"must be an absolute https URL, not {(!text.StartsWith('/') && Uri.TryCreate(text, UriKind.Absolute, out var other) ? $"one with {other.Scheme}" : "a relative one")}");
        return text;
    }

    /// <summary>Whether a text is an absolute https URL.</summary>
    public static bool IsHttpsUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps;

    /// <summary>A language tag.</summary>
    public string? Locale(JsonElement value, string at)
    {
        if (Text(value, at, mayBeEmpty: true) is not { } tag)
            return null;
        if (LanguageTag.Problem(tag) is { } problem)
            Add(at, problem);
        return tag;
    }

    /// <summary>A UUID, hyphens and all, as <c>apns-id</c> has it; any version, but not the one of zeros.</summary>
    public Guid? Uuid(JsonElement value, string at)
    {
        var text = Text(value, at, mayBeEmpty: true);
        if (text is null)
            return null;
        if (Guid.TryParseExact(text, "D", out var id) && id != Guid.Empty)
            return id;
        Add(at, "must be a UUID such as \"9b2f7c1e-4a0d-4c6b-8f3e-2d5a7e1b9c04\"");
        return null;
    }

    /// <summary>A whole number within a range.</summary>
    public long? WholeNumber(JsonElement value, string at, long min, long max)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max)
            return number;
        Add(at, $"must be a whole number from {min} to {max}, not {value.Describe()}");
        return null;
    }

    /// <summary><c>true</c> or <c>false</c>; absent is <c>false</c>.</summary>
    public bool Flag(JsonElement value, string at)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null))
            Add(at, $"must be true or false, not {KindOf(value)}");
        return value.ValueKind == JsonValueKind.True;
    }

    /// <summary>One of two words.</summary>
    public T OneOf<T>(JsonElement value, string at, (string Word, T Value) first, (string Word, T Value) second)
    {
        if (value.Says(first.Word))
            return first.Value;
        if (value.Says(second.Word))
            return second.Value;
        Add(at, $"must be \"{first.Word}\" or \"{second.Word}\", not {value.Describe()}");
        return first.Value;
    }

    /// <summary>A copy of an object in a provider's own words, which outlives the request's document.</summary>
    public JsonElement? JsonObject(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.Object)
            Add(at, $"must be an object, not {KindOf(value)}");
        else if (!value.IsUnicode())
            Add(at, "has a string that is not valid Unicode");
        else
            return value.Clone();
        return null;
    }

    /// <summary>What JSON has here, for a message.</summary>
    public static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    /// <summary>Refuses a member whose name means nothing here.</summary>
    public void Unknown(string at) => Add(at, "is not a known member");

    /// <summary>Adds a problem.</summary>
    /// <param name="pointer">Where.</param>
    /// <param name="detail">What, as the end of a sentence that begins with the member's name.</param>
    public void Add(string pointer, string detail) => Problems.Add(new PushProblem(pointer, detail));

    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null; // a lone surrogate or broken UTF-8
        }
    }
}
