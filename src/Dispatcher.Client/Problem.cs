using System.Net;
using System.Text.Json;

namespace Dispatcher.Client;

/// <summary>Why a message was not accepted: an RFC 9457 problem of the API, or that there was no answer (status 0).</summary>
/// <param name="Status">The HTTP status; 0 when there was no answer.</param>
/// <param name="Type">The last part of the problem's type, such as <c>invalid-request</c>; <c>unreachable</c> and <c>no-answer</c> are the client's own.</param>
/// <param name="Title">The kind of problem.</param>
/// <param name="Detail">What is wrong this time and what to change.</param>
public sealed record Problem(int Status, string Type, string Title, string? Detail = null)
{
    private const string TypePrefix = "urn:dispatcher:problem:";

    /// <summary>Wrong members of the message.</summary>
    public IReadOnlyList<ProblemError> Errors { get; init; } = [];

    /// <summary>Ids of pushes that were taken all the same.</summary>
    public IReadOnlyList<Guid> Accepted { get; init; } = [];

    /// <summary>Ids of pushes that may have been taken.</summary>
    public IReadOnlyList<Guid> Unknown { get; init; } = [];

    /// <summary>After how long the API says that the same message may succeed.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether some of the message may be on its way in spite of the problem.</summary>
    public bool MayHaveBeenTaken => Type is NoAnswerType or "internal-error" || Accepted.Count > 0 || Unknown.Count > 0;

    /// <summary>Whether the same message may succeed later.</summary>
    public bool IsTransient => (HttpStatusCode)Status is 0 or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>Whether nobody answered at the address, so that nothing was sent.</summary>
    public bool IsUnreachable => Type == UnreachableType;

    private const string NoAnswerType = "no-answer";
    private const string UnreachableType = "unreachable";

    /// <summary>All of it on one line.</summary>
    public override string ToString()
    {
        var what = Errors.Count == 0
            ? Detail is null ? Title : $"{Title}: {Detail}"
            : $"{Title.TrimEnd('.')}: {string.Join("; ", Errors.Select(error => $"{error.JsonPointer} {error.Detail}".Trim()))}";
        return Status == 0 ? what : $"{Status} {what}";
    }

    internal static Problem NoAnswer(string reason) => new(0, NoAnswerType, "No answer", reason);

    internal static Problem Unreachable(string reason) => new(0, UnreachableType, "The API cannot be reached", reason);

    /// <summary>Reads a problem document; of a body that is none (a proxy's page) the status has to do.</summary>
    internal static Problem Read(int status, ReadOnlySpan<byte> body, TimeSpan? retryAfter)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            return Read(status, document.RootElement, retryAfter);
        }
        catch (JsonException)
        {
            return new Problem(status, "", ReasonOf(status)) { RetryAfter = retryAfter };
        }
    }

    internal static Problem Read(int status, JsonElement root, TimeSpan? retryAfter)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return new Problem(status, "", ReasonOf(status)) { RetryAfter = retryAfter };
        var type = Text(root, "type") ?? "";
        return new Problem(
            status,
            type.StartsWith(TypePrefix, StringComparison.Ordinal) ? type[TypePrefix.Length..] : type,
            Text(root, "title") ?? ReasonOf(status),
            Text(root, "detail"))
        {
            Errors = [.. Items(root, "errors").Where(error => error.ValueKind == JsonValueKind.Object).Select(ProblemError.Read)],
            Accepted = Ids(root, "accepted"),
            Unknown = Ids(root, "unknown"),
            RetryAfter = retryAfter,
        };
    }

    internal static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IEnumerable<JsonElement> Items(JsonElement root, string name) =>
        root.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : Enumerable.Empty<JsonElement>();

    private static IReadOnlyList<Guid> Ids(JsonElement root, string name) =>
        [.. Items(root, name).Where(id => id.ValueKind == JsonValueKind.String && id.TryGetGuid(out _)).Select(id => id.GetGuid())];

    private static string ReasonOf(int status) => status switch
    {
        401 => "the API key is missing or unknown",
        403 => "the API key may not do this",
        413 => "the request is too large",
        429 => "too many requests",
        503 => "the API cannot take it at the moment",
        _ => "no further explanation",
    };
}

/// <summary>One wrong member.</summary>
/// <param name="JsonPointer">Its JSON pointer, such as <c>/to/0/token</c>; empty for the message as a whole.</param>
/// <param name="Detail">What is wrong with it.</param>
public sealed record ProblemError(string JsonPointer, string Detail)
{
    // The API writes pointers as the fragment of a URI (RFC 6901, section 6).
    internal static ProblemError Read(JsonElement error) => new(
        Uri.UnescapeDataString((Problem.Text(error, "pointer") ?? "").TrimStart('#')), Problem.Text(error, "detail") ?? "");
}
