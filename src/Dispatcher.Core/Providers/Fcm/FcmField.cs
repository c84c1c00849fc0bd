using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>How a field of FCM's is written in JSON.</summary>
internal enum FcmKind
{
    Text,
    Flag,
    Integer,

    /// <summary>A number from 0 to 1.</summary>
    Share,
    Duration,
    Timestamp,
    Choice,
    TextMap,

    /// <summary>A map of strings for the app, where FCM keeps some keys for itself.</summary>
    Data,
    TextList,
    DurationList,

    /// <summary>Somebody else's object, in whose words FCM does not meddle.</summary>
    Foreign,
    Message,
}

/// <summary>One field of a message of FCM's.</summary>
/// <param name="Name">Its name in the proto file, in snake_case.</param>
/// <param name="Kind">How it is written.</param>
internal sealed partial record FcmField(string Name, FcmKind Kind)
{
    /// <summary>Of a <see cref="FcmKind.Message"/>.</summary>
    public FcmFields? Fields { get; init; }

    /// <summary>Of a <see cref="FcmKind.Choice"/>.</summary>
    public string[] Choices { get; init; } = [];

    /// <summary>What else the text has to obey; says the problem, or <see langword="null"/>.</summary>
    public Func<string, string?>? Rule { get; init; }

    /// <summary>What the members of a map have to obey besides, by their names; says the problem, or <see langword="null"/>.</summary>
    public Func<string, string, string?>? MemberRule { get; init; }

    /// <summary>What is wrong with a value that is no map, list or message; <see langword="null"/> when nothing is.</summary>
    public string? Problem(JsonElement value) => Kind switch
    {
        FcmKind.Text or FcmKind.TextMap or FcmKind.TextList => Text(value) is { } text ? Rule?.Invoke(text) : "must be a string",
        FcmKind.Data => Text(value) is null ? "must be a string" : null,
        FcmKind.Flag => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "must be true or false",
        FcmKind.Integer => IsNumber(value) && value.TryGetInt32(out _) ? null : "must be a whole number of 32 bits",
        FcmKind.Share => IsNumber(value) && value.TryGetDouble(out var share) && share is >= 0 and <= 1 ? null : "must be a number from 0 to 1",
        FcmKind.Duration or FcmKind.DurationList => Text(value) is { } text && Duration.IsMatch(text)
            ? Rule?.Invoke(text)
            : "must be seconds with an s, such as \"3600s\" or \"1.5s\"",
        FcmKind.Timestamp => Text(value) is { } text && IsTimestamp(text)
            ? null
            : "must be an instant as RFC 3339 has it, such as \"2026-12-01T08:00:00Z\"",
        FcmKind.Choice => Text(value) is { } text && Choices.Contains(text) ? null : $"must be one of {string.Join(", ", Choices)}",
        _ => value.ValueKind == JsonValueKind.Object ? null : "must be an object",
    };

    private static bool IsNumber(JsonElement value) => value.ValueKind == JsonValueKind.Number;

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool IsTimestamp(string text) =>
        Timestamp.IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    [GeneratedRegex(@"^[0-9]{1,12}(\.[0-9]{1,9})?s\z")]
    private static partial Regex Duration { get; }

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex Timestamp { get; }
}
