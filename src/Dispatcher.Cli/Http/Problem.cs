using System.Text.Json;

namespace Dispatcher.Cli.Http;

/// <summary>Why the API refused: the readable parts of an RFC 9457 problem.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Summary">The title or detail.</param>
/// <param name="Errors">What is wrong where.</param>
internal sealed record Problem(int Status, string Summary, IReadOnlyList<ProblemError> Errors)
{
    /// <summary>Pushes that were taken all the same.</summary>
    public IReadOnlyList<Guid> Accepted { get; init; } = [];

    /// <summary>Pushes that may have been taken.</summary>
    public IReadOnlyList<Guid> Unknown { get; init; } = [];

    /// <summary>All of it on one line, e.g. <c>400 The request is not valid: /to/0/token must be hexadecimal</c>.</summary>
    public string Line => Errors.Count == 0
        ? $"{Status} {Summary}"
        : $"{Status} {Summary.TrimEnd('.')}: {string.Join("; ", Errors.Select(error => $"{error.Pointer} {error.Detail}".Trim()))}";

    /// <summary>Reads an answer's body; one that is no problem document is told by its status alone.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body.</param>
    public static Problem Read(int status, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root)
                return new Problem(status, Reason(status), []);
            var errors = ReadErrors(root);
            var title = Text(root, "title") ?? Reason(status);
            // The errors, where there are any, say more than the detail.
            var summary = errors.Count == 0 && Text(root, "detail") is { } detail ? $"{title}: {detail}" : title;
            return new Problem(status, summary, errors) { Accepted = ReadIds(root, "accepted"), Unknown = ReadIds(root, "unknown") };
        }
        catch (JsonException)
        {
            return new Problem(status, Reason(status), []);
        }
    }

    private static List<ProblemError> ReadErrors(JsonElement root)
    {
        if (!root.TryGetProperty("errors", out var errors) || errors.ValueKind != JsonValueKind.Array)
            return [];
        return [.. errors.EnumerateArray()
            .Where(error => error.ValueKind == JsonValueKind.Object)
            .Select(error => new ProblemError((Text(error, "pointer") ?? "").TrimStart('#'), Text(error, "detail") ?? ""))];
    }

    private static List<Guid> ReadIds(JsonElement root, string name) =>
        root.TryGetProperty(name, out var ids) && ids.ValueKind == JsonValueKind.Array
            ? [.. ids.EnumerateArray().Where(id => id.TryGetGuid(out _)).Select(id => id.GetGuid())]
            : [];

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Reason(int status) => status switch
    {
        401 => "the API key is missing or unknown",
        403 => "the API key may not do this",
        413 => "the request is too large",
        429 => "too many requests",
        503 => "the API cannot take it at the moment",
        _ => "no further explanation",
    };
}

/// <summary>One wrong field.</summary>
/// <param name="Pointer">Its JSON pointer.</param>
/// <param name="Detail">What is wrong with it.</param>
internal sealed record ProblemError(string Pointer, string Detail);
