using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>
/// The fields of one of FCM's messages. FCM reads both <c>snake_case</c> and <c>lowerCamelCase</c>, so an override may use either; rendered,
/// all are snake_case, or a field could appear twice.
/// </summary>
internal sealed class FcmFields
{
    private readonly FrozenDictionary<string, FcmField> _byName;

    /// <param name="name">What FCM's reference calls the message.</param>
    /// <param name="fields">Its fields.</param>
    public FcmFields(string name, params FcmField[] fields)
    {
        Name = name;
        _byName = fields
            .SelectMany(field => new[] { field.Name, CamelCase(field.Name) }.Distinct().Select(key => (Key: key, Field: field)))
            .ToFrozenDictionary(pair => pair.Key, pair => pair.Field, StringComparer.Ordinal);
    }

    /// <summary>What FCM's reference calls the message.</summary>
    public string Name { get; }

    /// <summary>The fields that have to be there.</summary>
    public string[] Required { get; init; } = [];

    /// <summary>The fields that address a message, or that only an answer has; a push has its target.</summary>
    public static FrozenSet<string> Addressing { get; } =
        FrozenSet.ToFrozenSet(["name", "token", "topic", "condition", "fid"], StringComparer.Ordinal);

    /// <summary>The field that a name means, in either spelling.</summary>
    public FcmField? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The same object with the names in snake_case. Maps and foreign objects keep the names of their members.</summary>
    public JsonElement Canonicalise(JsonElement message)
    {
        var canonical = new ArrayBufferWriter<byte>();
        using (var writer = PayloadJson.WriterOn(canonical))
            Write(writer, message, this);
        return JsonElement.Parse(canonical.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, FcmFields? fields)
    {
        if (fields is null || value.ValueKind != JsonValueKind.Object)
        {
            value.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        foreach (var member in value.EnumerateObject())
        {
            var field = fields.Find(member.Name);
            writer.WritePropertyName(field?.Name ?? member.Name);
            Write(writer, member.Value, field?.Fields);
        }

        writer.WriteEndObject();
    }

    private static string CamelCase(string name) =>
        string.Concat(name.Split('_').Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
}
