using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Dispatcher.Simulator.Fcm;

/// <summary>Writes FCM's answers, indented as Google's front end does it.</summary>
internal static class FcmReply
{
    private const string JsonType = "application/json; charset=UTF-8";

    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    private static readonly byte[] HtmlPage = Encoding.UTF8.GetBytes(
        """
        <!DOCTYPE html>
        <html lang=en>
          <title>Error (Server Error)!!1</title>
          <p><b>That’s an error.</b>
          <p>The server encountered a temporary error and could not complete your request. Please try again in 30 seconds.
        """);

    public static async ValueTask AcceptAsync(HttpResponse response, string messageName)
    {
        response.ContentType = JsonType;
        WriteName(response.BodyWriter, messageName);
        await response.BodyWriter.FlushAsync();
    }

    /// <param name="response">Where to.</param>
    /// <param name="error">What to say.</param>
    /// <param name="retryAfter">A number of seconds or an HTTP date.</param>
    public static async ValueTask RefuseAsync(HttpResponse response, FcmError error, string? retryAfter)
    {
        response.StatusCode = error.HttpStatus;
        if (retryAfter is not null)
            response.Headers.RetryAfter = retryAfter;
        response.ContentType = error.IsHtml ? "text/html; charset=UTF-8" : JsonType;
        if (error.IsHtml)
            response.BodyWriter.Write(HtmlPage);
        else
            WriteEnvelope(response.BodyWriter, error);
        await response.BodyWriter.FlushAsync();
    }

    /// <summary>One object that the caller fills.</summary>
    public static void Json(HttpResponse response, Action<Utf8JsonWriter> write)
    {
        response.ContentType = JsonType;
        using var json = new Utf8JsonWriter(response.BodyWriter, Indented);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    }

    public static string Seconds(int seconds) => seconds.ToString(CultureInfo.InvariantCulture);

    public static string HttpDate(DateTimeOffset at) => at.ToString("R", CultureInfo.InvariantCulture);

    private static void WriteName(PipeWriter output, string messageName)
    {
        var span = output.GetSpan(messageName.Length * 3 + 32);
        Utf8.TryWrite(span, $"{{\n  \"name\": \"{messageName}\"\n}}\n", out var written);
        output.Advance(written);
    }

    private static void WriteEnvelope(PipeWriter output, FcmError error)
    {
        using var json = new Utf8JsonWriter(output, Indented);
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("code", error.HttpStatus);
        json.WriteString("message", error.Message);
        json.WriteString("status", error.Status);
        if (error.ErrorCode is not null || error.Details is not null)
            WriteDetails(json, error);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter json, FcmError error)
    {
        json.WriteStartArray("details");
        if (error.ErrorCode is { } code)
        {
            json.WriteStartObject();
            json.WriteString("@type", "type.googleapis.com/google.firebase.fcm.v1.FcmError");
            json.WriteString("errorCode", code);
            json.WriteEndObject();
        }

        if (error.Details is { } detail)
        {
            json.WriteStartObject();
            json.WriteString("@type", detail.TypeUrl);
            detail.WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
