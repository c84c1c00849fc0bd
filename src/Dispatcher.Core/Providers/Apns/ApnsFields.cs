using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>
/// The members of <c>aps</c> and what they may hold; APNs ignores others. Sources: Apple, "Generating a remote notification" and "Starting
/// and updating Live Activities with ActivityKit push notifications".
/// </summary>
internal static class ApnsFields
{
    private const string Text = "must be a string";
    private const string Number = "must be a number";
    private const string Instant = "must be Unix seconds";
    private const string One = "must be the number 1";

    /// <summary>Says what is wrong with a member, or <see langword="null"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What it holds.</param>
    public static string? Problem(string name, JsonElement value) => name switch
    {
        "alert" => value.ValueKind is JsonValueKind.String or JsonValueKind.Object ? null : "must be a string or an object",
        "badge" => Must(value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _), "must be a whole number"),
        "sound" => SoundProblem(value),
        "content-available" or "mutable-content" or "input-push-token" => Must(IsNumber(value, 1, 1), One),
        "content-changed" => Must(value.ValueKind == JsonValueKind.True, "must be true"),
        "interruption-level" => Must(
            IsOneOf(value, "passive", "active", "time-sensitive", "critical"), "must be passive, active, time-sensitive or critical"),
        "event" => Must(IsOneOf(value, "start", "update", "end"), "must be start, update or end"),
        "relevance-score" => Must(value.ValueKind == JsonValueKind.Number, Number),
        "timestamp" or "stale-date" or "dismissal-date" => Must(IsNumber(value, 0, ApnsExpiration.Latest), Instant),
        "content-state" or "attributes" => Must(value.ValueKind == JsonValueKind.Object, "must be an object"),
        "thread-id" or "category" or "target-content-id" or "filter-criteria" or "attributes-type" or "input-push-channel" =>
            Must(value.ValueKind == JsonValueKind.String, Text),
        "url-args" => Must(IsTextArray(value), "must be an array of strings"),
        _ => null,
    };

    /// <summary>Says what is wrong with a member of the <c>alert</c> object, or <see langword="null"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What it holds.</param>
    /// <param name="isLiveActivity">A Live Activity's title and body may be objects, and its alert holds the sound.</param>
    public static string? AlertProblem(string name, JsonElement value, bool isLiveActivity) => name switch
    {
        "title" or "body" when isLiveActivity =>
            Must(value.ValueKind is JsonValueKind.String or JsonValueKind.Object, "must be a string or an object"),
        "sound" when isLiveActivity => SoundProblem(value),
        "title" or "subtitle" or "body" or "launch-image" or "title-loc-key" or "subtitle-loc-key" or "loc-key" or "action-loc-key" =>
            Must(value.ValueKind == JsonValueKind.String, Text),
        "title-loc-args" or "subtitle-loc-args" or "loc-args" => Must(IsTextArray(value), "must be an array of strings"),
        _ => null,
    };

    private static string? SoundProblem(JsonElement sound)
    {
        if (sound.ValueKind == JsonValueKind.String)
            return null;
        if (sound.ValueKind != JsonValueKind.Object)
            return "must be a string or an object";
        return sound.EnumerateObject().All(member => member.Name switch
        {
            "critical" => IsNumber(member.Value, 0, 1),
            "name" => member.Value.ValueKind == JsonValueKind.String,
            "volume" => IsNumber(member.Value, 0, 1),
            _ => true,
        })
            ? null
            : "must be an object with critical as 0 or 1, name as a string, and volume from 0 to 1";
    }

    private static string? Must(bool holds, string problem) => holds ? null : problem;

    private static bool IsNumber(JsonElement value, double min, double max) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= min && number <= max;

    private static bool IsOneOf(JsonElement value, params ReadOnlySpan<string> words)
    {
        if (value.ValueKind != JsonValueKind.String)
            return false;
        foreach (var word in words)
        {
            if (value.ValueEquals(word))
                return true;
        }

        return false;
    }

    private static bool IsTextArray(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String);
}
