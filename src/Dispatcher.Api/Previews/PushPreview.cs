using System.Text.Encodings.Web;
using System.Text.Json;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Previews;

/// <summary>Answers <c>POST /push?validateOnly=true</c>: the requests that would go to the providers, rendered as workers render them.</summary>
/// <param name="apns">Renders for APNs.</param>
/// <param name="fcm">Renders for FCM.</param>
internal sealed class PushPreview(ApnsPreview apns, FcmPreview fcm)
{
    /// <summary>The member of the query.</summary>
    public const string QueryName = "validateOnly";

    // Bytes in hand after which the answer goes on its way: a thousand pushes may come to megabytes.
    private const int FlushBytes = 64 * 1024;

    // People read this in a terminal; nothing here is embedded in HTML.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a request asks for it.</summary>
    /// <param name="query">Its query.</param>
    /// <returns><see langword="null"/> when the query says neither yes nor no.</returns>
    public static bool? IsAsked(IQueryCollection query) =>
        !query.TryGetValue(QueryName, out var values) ? false : values is [var value] && bool.TryParse(value, out var isAsked) ? isAsked : null;

    /// <summary>Answers.</summary>
    /// <param name="context">The request.</param>
    /// <param name="request">What it asks to see.</param>
    public async Task WriteAsync(HttpContext context, CheckedRequest request)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, WriterOptions);
        json.WriteStartObject();
        json.WriteStartArray("pushes"u8);
        foreach (var push in request.Pushes)
        {
            Write(json, push, request);
            if (json.BytesPending + context.Response.BodyWriter.UnflushedBytes > FlushBytes)
            {
                json.Flush();
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private void Write(Utf8JsonWriter json, CheckedPush shown, CheckedRequest request)
    {
        var rendered = shown.App switch
        {
            ApnsApp app => apns.Render(shown.Push, app),
            FcmApp app => fcm.Render(shown.Push, app),
            _ => throw new InvalidOperationException($"Nobody renders for {shown.App.Provider}."),
        };
        json.WriteStartObject();
        json.WriteString("app"u8, shown.App.Name);
        json.WriteString("target"u8, shown.Push.Target.Hash);
        json.WriteString("provider"u8, shown.App.Provider == Provider.Apns ? "apns"u8 : "fcm"u8);
        json.WriteString("lane"u8, shown.Lane.ToString());
        WriteOptional(json, "template", request.Request.TemplateName);
        WriteOptional(json, "language", shown.Content.Language ?? shown.Content.TemplateLanguage);
        Write(json, rendered);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RenderedRequest rendered)
    {
        json.WriteStartObject("request"u8);
        json.WriteString("method"u8, rendered.Method);
        json.WriteString("url"u8, rendered.Url);
        json.WriteStartObject("headers"u8);
        foreach (var (name, value) in rendered.Headers)
            json.WriteString(name, value);
        json.WriteEndObject();
        json.WritePropertyName("body"u8);
        JsonElement.Parse(rendered.Body.Span).WriteTo(json);
        json.WriteEndObject();
        json.WriteStartObject("size"u8);
        json.WriteNumber("bytes"u8, rendered.Size);
        json.WriteNumber("limit"u8, rendered.MaxSize);
        json.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }
}
