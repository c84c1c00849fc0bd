using System.Text.Json;

namespace Dispatcher.Client;

/// <summary>What the device shows. All of it is optional.</summary>
public sealed record Notification
{
    /// <summary>The first line.</summary>
    public string? Title { get; init; }

    /// <summary>The second line (APNs).</summary>
    public string? Subtitle { get; init; }

    /// <summary>The text.</summary>
    public string? Body { get; init; }

    /// <summary>An https address of a picture.</summary>
    public Uri? Image { get; init; }

    /// <summary>The name of a sound in the app, or <c>default</c>.</summary>
    public string? Sound { get; init; }

    /// <summary>The number on the app's icon, 0 or more; 0 takes it away.</summary>
    public int? Badge { get; init; }

    /// <summary>Other texts by language, such as <c>de</c> or <c>pt-BR</c>; the target's locale chooses.</summary>
    public IReadOnlyDictionary<string, Notification>? Localized { get; init; }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteText("title", Title);
        json.WriteText("subtitle", Subtitle);
        json.WriteText("body", Body);
        json.WriteText("image", Image?.OriginalString);
        json.WriteText("sound", Sound);
        if (Badge is { } badge)
            json.WriteNumber("badge"u8, badge);
        if (Localized is not null)
        {
            json.WriteStartObject("localized"u8);
            foreach (var (locale, texts) in Localized)
            {
                json.WritePropertyName(locale);
                texts.Write(json);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
