using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dispatcher.Core.Providers;

/// <summary>RFC 7396: objects merge, null removes, anything else replaces. Of a name that a patch has twice, the last counts.</summary>
public static class JsonMergePatch
{
    /// <summary>Applies a patch; the target is changed where it can be.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
            return patch.ValueKind == JsonValueKind.Array ? JsonArray.Create(patch) : JsonValue.Create(patch);

        var merged = target as JsonObject ?? [];
        foreach (var member in patch.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                merged.Remove(member.Name);
                continue;
            }

            var current = merged[member.Name];
            var next = Apply(current, member.Value);
            if (!ReferenceEquals(next, current))
                merged[member.Name] = next;
        }

        return merged;
    }

    /// <summary>One patch that does what two do in turn: unlike a result, it keeps what the second takes away as <c>null</c>.</summary>
    /// <param name="first">The patch that comes first; an object of the second stands in the place of anything else that it has.</param>
    /// <param name="second">The one after it.</param>
    public static JsonElement Compose(JsonElement first, JsonElement second)
    {
        var composed = new ArrayBufferWriter<byte>();
        using (var writer = PayloadJson.WriterOn(composed))
            Write(writer, first, second);
        return JsonElement.Parse(composed.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement first, JsonElement second)
    {
        if (first.ValueKind != JsonValueKind.Object || second.ValueKind != JsonValueKind.Object)
        {
            second.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        foreach (var member in first.EnumerateObject())
        {
            writer.WritePropertyName(member.Name);
            if (second.TryGetProperty(member.Name, out var over))
                Write(writer, member.Value, over);
            else
                member.Value.WriteTo(writer);
        }

        foreach (var member in second.EnumerateObject().Where(member => !first.TryGetProperty(member.Name, out _)))
        {
            writer.WritePropertyName(member.Name);
            member.Value.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
