using System.Text;
using System.Text.Json;
using Dispatcher.Api.Content;

namespace Dispatcher.Api.Pushes;

/// <summary>Reads the values that a template's placeholders get.</summary>
internal sealed class VariablesReader(MemberReader members)
{
    /// <summary>Variables in one object: a notification for people has a handful.</summary>
    public const int MaxVariables = 100;

    /// <summary>UTF-8 bytes of a value; no provider takes more in a whole push.</summary>
    public const int MaxValueBytes = 4096;

    /// <summary>Reads <c>variables</c>.</summary>
    /// <param name="variables">The JSON.</param>
    /// <param name="at">Where it is.</param>
    public Dictionary<string, string>? Read(JsonElement variables, string at)
    {
        if (variables.ValueKind == JsonValueKind.Null)
            return null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value, memberAt) in members.Members(variables, at))
        {
            if (!Placeholders.IsName(name))
                members.Add(memberAt, $"is not a variable's name: 1 to {Placeholders.MaxNameLength} letters, digits, _ - . beginning with a letter");
            else if (TextOf(value, memberAt) is not { } text)
                continue;
            else if (Encoding.UTF8.GetByteCount(text) is var bytes && bytes > MaxValueBytes)
                members.Add(memberAt, $"must have at most {MaxValueBytes} bytes, not {bytes}");
            else
                values[name] = text;
        }

        if (values.Count > MaxVariables)
            members.Add(at, $"may have {MaxVariables} variables, not {values.Count}");
        return values;
    }

    private string? TextOf(JsonElement value, string at)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                return value.GetRawText(); // as the caller wrote it: 1.50 stays 1.50
            case JsonValueKind.String or JsonValueKind.Null:
                return members.Text(value, at, mayBeEmpty: true);
            default:
                members.Add(at, $"must be a string, a number, true or false, not {MemberReader.KindOf(value)}");
                return null;
        }
    }
}
