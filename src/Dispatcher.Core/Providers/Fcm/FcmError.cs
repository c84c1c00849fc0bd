using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>Whose quota is exceeded.</summary>
internal enum FcmQuota
{
    /// <summary>The project's, or nobody says whose.</summary>
    Project,

    /// <summary>One device's.</summary>
    Device,

    /// <summary>One topic's.</summary>
    Topic,
}

/// <summary>What matters in FCM's error envelope, a <c>google.rpc.Status</c> whose details come in any order or not at all.</summary>
internal sealed record FcmError
{
    private const string TypePrefix = "type.googleapis.com/";

    // The message, where no field violation says it.
    private const string BadTokenMessage = "The registration token is not a valid FCM registration token";

    private const int LongestDetail = 200;

    // Paths and words, but no text that could have come from the push.
    private static readonly SearchValues<char> DetailCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.[], ");

    /// <summary>Not FCM's JSON: a proxy's page, or nothing.</summary>
    public static readonly FcmError None = new();

    /// <summary><c>errorCode</c> of the <c>FcmError</c> detail.</summary>
    public string? Code { get; private init; }

    /// <summary><c>error.status</c>.</summary>
    public string? Status { get; private init; }

    /// <summary>Whether the token is what is wrong with the request.</summary>
    public bool BlamesToken { get; private init; }

    /// <summary>Whose quota a 429 is about.</summary>
    public FcmQuota Quota { get; private init; }

    /// <summary>The wait of a <c>RetryInfo</c> detail.</summary>
    public TimeSpan? RetryDelay { get; private init; }

    /// <summary>The wrong fields, whose quota it was, or what else the details say in words; nothing of the push's content.</summary>
    public string? Detail { get; private init; }

    /// <summary>Reads the envelope.</summary>
    public static FcmError Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("error", out var error)
                && error.ValueKind == JsonValueKind.Object
                    ? Read(error)
                    : None;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return None; // the second is how the parser reports text that is not valid Unicode
        }
    }

    private static FcmError Read(JsonElement error)
    {
        var found = new FcmError
        {
            Status = Text(error, "status"),
            BlamesToken = Text(error, "message")?.StartsWith(BadTokenMessage, StringComparison.Ordinal) == true,
        };
        foreach (var detail in Items(error, "details"))
        {
            found = Text(detail, "@type") switch
            {
                // The reference prints error_code, the wire says errorCode.
                TypePrefix + "google.firebase.fcm.v1.FcmError" =>
                    found with { Code = Text(detail, "errorCode") ?? Text(detail, "error_code") },
                TypePrefix + "google.rpc.BadRequest" => found.WithFields([.. Texts(detail, "fieldViolations", "field")]),
                TypePrefix + "google.rpc.QuotaFailure" => found.WithQuota(Texts(detail, "violations", "subject")),
                TypePrefix + "google.rpc.RetryInfo" => found with { RetryDelay = Duration(Text(detail, "retryDelay")) },
                TypePrefix + "google.rpc.ErrorInfo" => found.With(Text(detail, "reason")),
                TypePrefix + "google.firebase.fcm.v1.ApnsError" => found.With($"APNs {Text(detail, "reason")}"),
                _ => found,
            };
        }

        return found;
    }

    private FcmError WithFields(IReadOnlyCollection<string> fields) =>
        With(string.Join(", ", fields)) with
        {
            BlamesToken = BlamesToken || fields.Any(field => field is "message.token" or "token" or "message.fid" or "fid"),
        };

    // The subjects' form is not documented; these words are in those that were seen.
    private FcmError WithQuota(IEnumerable<string> subjects)
    {
        foreach (var subject in subjects)
        {
            var quota = subject.Split(':', '/')[0].ToLowerInvariant() switch
            {
                "device" or "devices" or "token" or "tokens" or "registration" => FcmQuota.Device,
                "topic" or "topics" => FcmQuota.Topic,
                _ => FcmQuota.Project,
            };
            if (quota != FcmQuota.Project)
                return With($"quota of the {quota}".ToLowerInvariant()) with { Quota = quota };
        }

        return With("quota of the project");
    }

    private FcmError With(string? detail)
    {
        if (string.IsNullOrWhiteSpace(detail))
            return this;
        var end = detail.AsSpan().IndexOfAnyExcept(DetailCharacters);
        var clean = detail[..Math.Min(end < 0 ? detail.Length : end, LongestDetail)];
        return clean.Length == 0 ? this : this with { Detail = Detail is null ? clean : $"{Detail}; {clean}" };
    }

    private static IEnumerable<string> Texts(JsonElement detail, string list, string member) =>
        Items(detail, list).Select(item => Text(item, member)).OfType<string>();

    private static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)
            : [];

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // "30s", "1.5s"
    private static TimeSpan? Duration(string? text) =>
        text is [.. var number, 's'] && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds < TimeSpan.FromDays(1).TotalSeconds
                ? TimeSpan.FromSeconds(seconds)
                : null;
}
