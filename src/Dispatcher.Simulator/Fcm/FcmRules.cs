using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Dispatcher.Simulator.Fcm;

/// <summary>What values have to obey beyond their type. Each answers the problem, or <see langword="null"/>.</summary>
internal static partial class FcmRules
{
    // 28 days. Source: AndroidConfig.ttl.
    private const decimal MaxTimeToLive = 2_419_200;

    // Source: the reference of the topic subscription API.
    private const int MaxTopicLength = 900;

    private const int MaxTokenLength = 4096;

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_:.~%=+/");

    public static string? Token(string value) =>
        value.Length is > 0 and <= MaxTokenLength && !value.AsSpan().ContainsAnyExcept(TokenCharacters) ? null : FcmError.InvalidToken.Message;

    public static string? Topic(string value) =>
        value.Length <= MaxTopicLength && TopicPattern().IsMatch(value) ? null : "Malformed topic name";

    public static string? TimeToLive(string value) =>
        decimal.Parse(value.AsSpan(0, value.Length - 1), NumberStyles.Number, CultureInfo.InvariantCulture) is >= 0 and <= MaxTimeToLive
            ? null
            : "Invalid time to live: must be between 0 and 2419200 seconds";

    public static string? AnalyticsLabel(string value) => LabelPattern().IsMatch(value) ? null : "Invalid analytics label";

    public static string? Color(string value) => ColorPattern().IsMatch(value) ? null : "Color must be in the form #RRGGBB";

    public static string? Link(string value) =>
        value.StartsWith("https://", StringComparison.Ordinal) ? null : "The link must be an HTTPS URL";

    // Of the two lists that Google has published, the union.
    public static bool IsReservedDataKey(string key) =>
        key is "from" or "gcm" or "message_type"
        || key.StartsWith("google", StringComparison.Ordinal)
        || key.StartsWith("gcm.notification.", StringComparison.Ordinal);

    public static bool IsDuration(string value) => DurationPattern().IsMatch(value);

    public static bool IsTimestamp(string value) =>
        TimestampPattern().IsMatch(value) && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    [GeneratedRegex("^[a-zA-Z0-9-_.~%]+$")]
    private static partial Regex TopicPattern();

    [GeneratedRegex("^[a-zA-Z0-9-_.~%]{1,50}$")]
    private static partial Regex LabelPattern();

    [GeneratedRegex("^#[0-9a-fA-F]{6}$")]
    private static partial Regex ColorPattern();

    [GeneratedRegex(@"^-?\d{1,12}(\.\d{1,9})?s$")]
    private static partial Regex DurationPattern();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$")]
    private static partial Regex TimestampPattern();
}
