using System.Globalization;
using System.Text.Json;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>What matters in FCM's error envelope, a <c>google.rpc.Status</c> whose details come in any order or not at all.</summary>
internal sealed record FcmError
{
    private const string TypePrefix = "type.googleapis.com/";

    // The message, where no field violation says it.
    private const string BadTokenMessage = "The registration token is not a valid FCM registration token";

    /// <summary>Not FCM's JSON: a proxy's page, or nothing.</summary>
    public static readonly FcmError None = new();

    /// <summary><c>errorCode</c> of the <c>FcmError</c> detail.</summary>
    public string? Code { get; private init; }

    /// <summary><c>error.status</c>.</summary>
    public string? Status { get; private init; }

    /// <summary>Whether the token is what is wrong with the request.</summary>
    public bool BlamesToken { get; private init; }

    /// <summary>Whether the exceeded quota is one device's.</summary>
    public bool BlamesDevice { get; private init; }

    /// <summary>The wait of a <c>RetryInfo</c> detail.</summary>
    public TimeSpan? RetryDelay { get; private init; }

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
        catch (JsonException)
        {
            return None;
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
                TypePrefix + "google.rpc.BadRequest" =>
                    found with { BlamesToken = found.BlamesToken || Any(detail, "fieldViolations", "field", IsToken) },
                TypePrefix + "google.rpc.QuotaFailure" =>
                    found with { BlamesDevice = Any(detail, "violations", "subject", IsDevice) },
                TypePrefix + "google.rpc.RetryInfo" => found with { RetryDelay = Duration(Text(detail, "retryDelay")) },
                _ => found,
            };
        }

        return found;
    }

    private static bool IsToken(string field) => field is "message.token" or "token";

    private static bool IsDevice(string subject) =>
        subject.StartsWith("device", StringComparison.OrdinalIgnoreCase) || subject.StartsWith("token", StringComparison.OrdinalIgnoreCase);

    private static bool Any(JsonElement detail, string list, string member, Func<string, bool> matches) =>
        Items(detail, list).Any(item => Text(item, member) is { } text && matches(text));

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
