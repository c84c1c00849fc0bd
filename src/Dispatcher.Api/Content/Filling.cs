using System.Buffers;
using System.Text;
using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Content;

/// <summary>Fills placeholders with one set of variables, and remembers what was in the way.</summary>
/// <param name="own">The target's variables, which come first.</param>
/// <param name="shared">The request's.</param>
/// <param name="room">Characters that it may come to in all.</param>
internal sealed class Filling(IReadOnlyDictionary<string, string>? own, IReadOnlyDictionary<string, string>? shared, int room)
{
    private readonly StringBuilder _text = new();
    private readonly SortedSet<string> _missing = new(StringComparer.Ordinal);

    /// <summary>Variables without a value that have no default.</summary>
    public IReadOnlyCollection<string> Missing => _missing;

    /// <summary>Characters that were written; more than there was room for when it did not suffice.</summary>
    public int Length { get; private set; }

    /// <summary>Fills a text. One that comes to nothing is left out, as if it were not there.</summary>
    /// <param name="text">The text.</param>
    public string? Fill(string? text) => text is null ? null : FillAll(text) is { Length: > 0 } filled ? filled : null;

    /// <summary>Fills a text of the notification and of what belongs to it.</summary>
    /// <param name="content">What is shown.</param>
    public NotificationContent? Fill(NotificationContent? content) => content is null ? null : content with
    {
        Title = Fill(content.Title),
        Subtitle = Fill(content.Subtitle),
        Body = Fill(content.Body),
        Image = Fill(content.Image),
        Sound = Fill(content.Sound),
    };

    /// <summary>Fills the values of data; those that come to nothing stay, and are empty.</summary>
    /// <param name="data">The data.</param>
    public IReadOnlyDictionary<string, string>? Fill(IReadOnlyDictionary<string, string>? data) =>
        data?.ToDictionary(pair => pair.Key, pair => FillAll(pair.Value), StringComparer.Ordinal);

    /// <summary>Fills the strings of an object in a provider's own words; what is no string stays as it is.</summary>
    /// <param name="json">The object.</param>
    public JsonElement? Fill(JsonElement? json)
    {
        if (json is not { } element || Length > room)
            return json;
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
            Write(writer, element);
        return JsonElement.Parse(output.WrittenSpan);
    }

    private void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                writer.WriteStringValue(FillAll(value.GetString()!)); // the writer escapes what JSON wants escaped
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private string FillAll(string text)
    {
        Length += text.Length;
        if (Length > room || !Placeholders.Any(text))
            return text;
        Length -= text.Length;
        _text.Clear();
        Placeholders.Render(text, ValueOf, _text, room - Length, name => _missing.Add(name));
        Length += _text.Length;
        return _text.ToString();
    }

    private string? ValueOf(string name) =>
        own is not null && own.TryGetValue(name, out var value) || shared is not null && shared.TryGetValue(name, out value) ? value : null;
}
