using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dispatcher.Core.Providers;

/// <summary>RFC 7396: objects merge, null removes, anything else replaces. Of a name that a patch has twice, the last counts.</summary>
internal static class JsonMergePatch
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
}
