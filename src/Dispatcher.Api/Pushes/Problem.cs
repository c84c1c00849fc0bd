using System.Text.Encodings.Web;
using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>An error as RFC 9457 problem+json.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">The last part of the problem's type, documented under that name in docs/errors.md.</param>
/// <param name="Title">The kind of problem; the same for all of a type.</param>
/// <param name="Detail">What is wrong this time and what to change.</param>
internal sealed record Problem(int Status, string Type, string Title, string? Detail = null)
{
    // People read this in a terminal; nothing here is embedded in HTML.
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Wrong members, each with its pointer.</summary>
    public IReadOnlyList<PushProblem> Errors { get; init; } = [];

    /// <summary>Seconds after which the same request may succeed.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>What the header <c>WWW-Authenticate</c> says.</summary>
    public string? Challenge { get; init; }

    /// <summary>Pushes that Kafka has all the same, so that the caller does not send them again.</summary>
    public IReadOnlyList<Guid> Accepted { get; init; } = [];

    /// <summary>Pushes of which nobody knows whether Kafka has them.</summary>
    public IReadOnlyList<Guid> Unknown { get; init; } = [];

    /// <summary>Answers with the problem.</summary>
    /// <param name="context">The request.</param>
    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/problem+json";
        if (RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (Challenge is not null)
            context.Response.Headers.WWWAuthenticate = Challenge;
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter, WriterOptions))
            Write(json);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Writes the problem as an object.</summary>
    /// <param name="json">Where to.</param>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, $"urn:dispatcher:problem:{Type}");
        json.WriteString("title"u8, Title);
        json.WriteNumber("status"u8, Status);
        if (Detail is not null)
            json.WriteString("detail"u8, Detail);
        if (Errors.Count > 0)
        {
            json.WriteStartArray("errors"u8);
            foreach (var error in Errors)
            {
                json.WriteStartObject();
                json.WriteString("pointer"u8, Fragment(error.JsonPointer));
                json.WriteString("detail"u8, error.Message);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        WriteIds(json, "accepted", Accepted);
        WriteIds(json, "unknown", Unknown);
        json.WriteEndObject();
    }

    /// <summary>A pointer as the fragment of a URI (RFC 6901, section 6).</summary>
    private static string Fragment(string pointer) => "#" + string.Join('/', pointer.Split('/').Select(Uri.EscapeDataString));

    private static void WriteIds(Utf8JsonWriter json, string name, IReadOnlyList<Guid> ids)
    {
        if (ids.Count == 0)
            return;
        json.WriteStartArray(name);
        foreach (var id in ids)
            json.WriteStringValue(id);
        json.WriteEndArray();
    }
}
