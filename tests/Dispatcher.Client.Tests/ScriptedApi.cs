using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Dispatcher.Testing;

namespace Dispatcher.Client.Tests;

/// <summary>An API whose answers a test writes; the wire below it is left out.</summary>
internal sealed class ScriptedApi(Func<int, string, HttpResponseMessage> answer) : HttpMessageHandler
{
    public static readonly Guid Id = new("0199d2a4-5c3f-7d8e-9a1b-2c3d4e5f6071");

    private int _requests;

    public FakeTimeProvider Time { get; } = new();

    /// <summary>Method, path, type and body of each request.</summary>
    public ConcurrentQueue<(string Method, string Path, string? Type, string Body)> Requests { get; } = new();

    public HttpRequestMessage? LastRequest { get; private set; }

    public static string AcceptedJson => $$"""{"id":"{{Id}}","pushes":[{"id":"{{Id}}","app":"shop-ios","target":"ab"}]}""";

    public static HttpResponseMessage Accepted() => Json(HttpStatusCode.Accepted, AcceptedJson);

    public static HttpResponseMessage Json(HttpStatusCode status, string body, int? retryAfter = null)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (retryAfter is { } seconds)
            response.Headers.Add("Retry-After", $"{seconds}");
        return response;
    }

    /// <summary>A batch's answer; a result for each line.</summary>
    public static HttpResponseMessage Results(string body, Func<int, JsonElement, string> result) => Json(
        HttpStatusCode.OK,
        string.Concat(body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((line, index) => $"{{\"line\":{index + 1},{result(index + 1, JsonElement.Parse(line))}}}\n")));

    public static string AcceptedLine => $"\"status\":202,{AcceptedJson[1..^1]}";

    public static string RefusedLine(int status, string type, int? retryAfter = null) =>
        $$"""
        "status":{{status}},{{(retryAfter is { } seconds ? $"\"retryAfter\":{seconds}," : "")}}"problem":{"type":"urn:dispatcher:problem:{{type}}","title":"No","status":{{status}}}
        """;

    public DispatcherClient Client(DispatcherClientOptions? options = null) => new(
        new HttpMessageInvoker(this),
        (options ?? new DispatcherClientOptions()) with { Address = new Uri("http://api.test"), Key = "dk_test", Time = Time, Chance = static () => 0 });

    /// <summary>Lets the clock run whenever the client waits, until it is done.</summary>
    public async Task<T> RunAsync<T>(Task<T> work)
    {
        while (!work.IsCompleted)
        {
            await Task.WhenAny(work, Time.WaitForTimersAsync());
            if (Time.NextDue is { } due && due < new DispatcherClientOptions().AttemptTimeout) // an attempt is under way otherwise
                Time.Advance(due);
            else
                await Task.Yield();
        }

        return await work;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        LastRequest = request;
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Enqueue((request.Method.Method, request.RequestUri!.PathAndQuery, request.Content?.Headers.ContentType?.MediaType, body));
        return answer(Interlocked.Increment(ref _requests), body);
    }
}
