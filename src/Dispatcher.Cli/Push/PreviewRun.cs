using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dispatcher.Cli.Http;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;

namespace Dispatcher.Cli.Push;

/// <summary>Asks the API what a request would send, and prints it as somebody would write it down: request line, headers, body, size.</summary>
/// <param name="http">Talks to the API.</param>
/// <param name="endpoints">Where it is, and the key.</param>
internal sealed class PreviewRun(HttpMessageInvoker http, Endpoints endpoints)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Asks and prints.</summary>
    /// <param name="body">The request's JSON.</param>
    /// <param name="json">Whether to print the answer as it is.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="CommandFailedException">The API does not answer.</exception>
    public async Task<int> RunAsync(ReadOnlyMemory<byte> body, bool json, TextWriter output, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoints.Api, "push?validateOnly=true")) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = Json;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", endpoints.Key);
        byte[] answer;
        HttpStatusCode status;
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            (status, answer) = (response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new CommandFailedException($"the API at {endpoints.Api} cannot be reached: {e.Message}", ExitCode.Unreachable);
        }

        if (status != HttpStatusCode.OK)
        {
            output.WriteLine($"Refused: {Problem.Read((int)status, answer).Line}");
            return ExitCode.Failure;
        }

        var preview = JsonElement.Parse(answer);
        if (json)
            output.WriteLine(preview.GetRawText());
        else
            Print(preview, output);
        return ExitCode.Success;
    }

    private static void Print(JsonElement preview, TextWriter output)
    {
        var pushes = preview.GetProperty("pushes");
        foreach (var push in pushes.EnumerateArray())
        {
            var request = push.GetProperty("request");
            output.WriteLine($"{Text(push, "app")}, target {Text(push, "target")}, lane {Text(push, "lane")}"
                + Optional(push, "template") + Optional(push, "language"));
            output.WriteLine();
            output.WriteLine($"  {Text(request, "method")} {Text(request, "url")}");
            foreach (var header in request.GetProperty("headers").EnumerateObject())
                output.WriteLine($"  {header.Name}: {header.Value.GetString()}");
            output.WriteLine();
            foreach (var line in JsonSerializer.Serialize(request.GetProperty("body"), Readable).ReplaceLineEndings("\n").Split('\n'))
                output.WriteLine($"  {line}");
            output.WriteLine();
            var size = push.GetProperty("size");
            output.WriteLine($"  {Number.Text(size.GetProperty("bytes").GetInt32())} of {Number.Text(size.GetProperty("limit").GetInt32())} bytes");
            output.WriteLine();
        }

        output.WriteLine("Nothing was sent.");
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static string Optional(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? $", {name} {value.GetString()}" : "";
}
