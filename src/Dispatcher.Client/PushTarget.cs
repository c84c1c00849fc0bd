using System.Text.Json;

namespace Dispatcher.Client;

/// <summary>Whom a push is for: one device, or everybody behind an FCM topic or condition.</summary>
public sealed record PushTarget
{
    private PushTarget(string app, string kind, string value) => (App, Kind, Value) = (app, kind, value);

    /// <summary>The app, by the name that Dispatcher's configuration gives it.</summary>
    public string App { get; }

    /// <summary>The language of the person behind it, such as <c>de-AT</c>; chooses among <see cref="Notification.Localized"/>.</summary>
    public string? Locale { get; init; }

    /// <summary>Data for this target, over the message's.</summary>
    public IReadOnlyDictionary<string, string>? Data { get; init; }

    /// <summary>Values for the template's placeholders, over the message's.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }

    private string Kind { get; }

    private string Value { get; }

    /// <summary>A device by its token.</summary>
    /// <param name="app">The app's name.</param>
    /// <param name="token">What the device gave: APNs hex digits, or an FCM registration token.</param>
    public static PushTarget Token(string app, string token) => new(app, "token", token);

    /// <summary>A device by its Firebase installation id (FCM only).</summary>
    /// <param name="app">The app's name.</param>
    /// <param name="fid">The id.</param>
    public static PushTarget Fid(string app, string fid) => new(app, "fid", fid);

    /// <summary>Everybody who is subscribed to a topic (FCM only).</summary>
    /// <param name="app">The app's name.</param>
    /// <param name="topic">The topic, without <c>/topics/</c>.</param>
    public static PushTarget Topic(string app, string topic) => new(app, "topic", topic);

    /// <summary>Everybody whose topics fulfil a condition (FCM only).</summary>
    /// <param name="app">The app's name.</param>
    /// <param name="condition">Such as <c>'news' in topics &amp;&amp; 'sport' in topics</c>.</param>
    public static PushTarget Condition(string app, string condition) => new(app, "condition", condition);

    /// <summary>A target of a kind that this version of the client does not know.</summary>
    /// <param name="app">The app's name.</param>
    /// <param name="kind">The member's name.</param>
    /// <param name="value">Its value.</param>
    public static PushTarget Of(string app, string kind, string value) => new(app, kind, value);

    /// <summary>Tells the app only: tokens do not belong in logs.</summary>
    public override string ToString() => $"a {Kind} of {App}";

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("app"u8, App);
        json.WriteString(Kind, Value);
        if (Locale is not null)
            json.WriteString("locale"u8, Locale);
        json.WriteTexts("data", Data);
        json.WriteTexts("variables", Variables);
        json.WriteEndObject();
    }
}
