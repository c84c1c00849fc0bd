using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Dispatcher.Cli.Http;

/// <summary>The API's <c>POST /push</c>.</summary>
internal sealed class PushApi
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker _http;
    private readonly Uri _push;
    private readonly AuthenticationHeaderValue _key;

    public PushApi(HttpMessageInvoker http, Uri api, string key)
    {
        _http = http;
        _push = new Uri(api, "push");
        _key = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Posts a request once.</summary>
    /// <param name="body">The request's JSON in UTF-8.</param>
    /// <param name="cancellationToken">Ends it with <see cref="OperationCanceledException"/>.</param>
    public async Task<PostAnswer> PostAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _push) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = Json;
        request.Headers.Authorization = _key;
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return Read(response, answer);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            return new PostAnswer.Unreachable(e.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new PostAnswer.NoAnswer(e.Message);
        }
    }

    private static PostAnswer Read(HttpResponseMessage response, byte[] body)
    {
        if (response.StatusCode == HttpStatusCode.Accepted)
            return new PostAnswer.Accepted(ReadIds(body));
        var problem = Problem.Read((int)response.StatusCode, body);
        if (problem.Accepted.Count > 0 || problem.Unknown.Count > 0)
            return new PostAnswer.Partial(problem, problem.Accepted);
        return response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
            ? new PostAnswer.Busy(problem, response.Headers.RetryAfter?.Delta)
            : new PostAnswer.Refused(problem);
    }

    /// <summary>The ids under <c>pushes</c>; read by hand because a load test reads thousands a second.</summary>
    private static List<Guid> ReadIds(ReadOnlySpan<byte> body)
    {
        var ids = new List<Guid>(1);
        var json = new Utf8JsonReader(body);
        var inPushes = false;
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName)
                continue;
            if (json.CurrentDepth == 1)
                inPushes = json.ValueTextEquals("pushes"u8);
            else if (inPushes && json.ValueTextEquals("id"u8) && json.Read() && json.TryGetGuid(out var id))
                ids.Add(id);
        }

        return ids;
    }
}
