using System.Text.Json;

namespace Dispatcher.Api.Tests;

/// <summary>What the API answered.</summary>
public sealed record Answer(int Status, string? ContentType, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonElement Json => JsonElement.Parse(Body);

    /// <summary>The last part of a problem's type.</summary>
    public string? Problem => Json.GetProperty("type").GetString()?.Replace("urn:dispatcher:problem:", "", StringComparison.Ordinal);

    /// <summary>A problem's errors.</summary>
    public IReadOnlyList<(string? Pointer, string? Detail)> Errors =>
        [.. Json.GetProperty("errors").EnumerateArray().Select(error => (error.GetProperty("pointer").GetString(), error.GetProperty("detail").GetString()))];

    /// <summary>The ids of the pushes that were accepted.</summary>
    public IReadOnlyList<Guid> PushIds => [.. Json.GetProperty("pushes").EnumerateArray().Select(push => push.GetProperty("id").GetGuid())];

    /// <summary>The results of a batch.</summary>
    public IReadOnlyList<JsonElement> Lines => [.. Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];

    /// <summary>Number and status of each result of a batch.</summary>
    public IReadOnlyList<(int Line, int Status)> Statuses =>
        [.. Lines.Select(line => (line.GetProperty("line").GetInt32(), line.GetProperty("status").GetInt32()))];

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        response.Content.Headers.ContentType?.MediaType,
        response.Headers.NonValidated.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
        await response.Content.ReadAsStringAsync());
}
