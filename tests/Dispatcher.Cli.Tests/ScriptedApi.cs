using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Dispatcher.Cli.Http;
using Dispatcher.Client;

namespace Dispatcher.Cli.Tests;

/// <summary>An API whose answers a test writes; the wire below it is left out.</summary>
internal sealed class ScriptedApi(Func<int, string, HttpResponseMessage> answer) : HttpMessageHandler
{
    private int _requests;

    /// <summary>The bodies it was sent.</summary>
    public ConcurrentQueue<string> Bodies { get; } = new();

    public HttpRequestMessage? LastRequest { get; private set; }

    /// <summary>Accepts everything, one push a request.</summary>
    public static ScriptedApi Accepting() => new((_, _) => Accepted(Guid.CreateVersion7(DateTimeOffset.UnixEpoch)));

    public static HttpResponseMessage Accepted(params Guid[] pushes)
    {
        var list = string.Join(',', pushes.Select(id => $$"""{"id":"{{id}}","app":"shop-ios","target":"ab"}"""));
        return Json(HttpStatusCode.Accepted, $$"""{"id":"{{Guid.Empty}}","pushes":[{{list}}]}""");
    }

    public static HttpResponseMessage Json(HttpStatusCode status, string body, int? retryAfter = null)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/problem+json") };
        if (retryAfter is { } seconds)
            response.Headers.Add("Retry-After", $"{seconds}");
        return response;
    }

    /// <summary>The answer of a batch: what the script answers to each line.</summary>
    /// <param name="body">The lines.</param>
    /// <param name="answer">Answers one.</param>
    public static HttpResponseMessage Results(string body, Func<string, string> answer) => Json(
        HttpStatusCode.OK,
        string.Concat(body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((line, index) => $"{{\"line\":{index + 1},{answer(line)}}}\n")));

    /// <summary>The client with a clock that a test may hold.</summary>
    public DispatcherClient Patient(TimeProvider time) => new(new HttpMessageInvoker(this), new DispatcherClientOptions
    {
        Address = new Uri("http://api.test"),
        MaxConnects = 3,
        MessagesPerRequest = 2,
        Time = time,
        Chance = static () => 0,
    });

    public PushApi Client() => new(new HttpMessageInvoker(this), new Uri("http://api.test"), "dk_test");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        LastRequest = request;
        var body = await request.Content!.ReadAsStringAsync(cancellationToken);
        Bodies.Enqueue(body);
        return answer(Interlocked.Increment(ref _requests), body);
    }
}
