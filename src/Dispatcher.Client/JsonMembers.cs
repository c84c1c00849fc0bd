using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dispatcher.Client;

/// <summary>Members that are left out when there is nothing to say.</summary>
internal static class JsonMembers
{
    public static void WriteText(this Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }

    public static void WriteTexts(this Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string>? texts)
    {
        if (texts is null)
            return;
        json.WriteStartObject(name);
        foreach (var (key, text) in texts)
            json.WriteString(key, text);
        json.WriteEndObject();
    }

    public static void WriteNode(this Utf8JsonWriter json, string name, JsonNode? node)
    {
        if (node is null)
            return;
        json.WritePropertyName(name);
        node.WriteTo(json);
    }
}
