using System.Net.Http.Headers;

namespace Dispatcher.Client;

/// <summary>One HTTP request and its answer, with everything that can go wrong as a <see cref="Problem"/>.</summary>
/// <param name="http">The connections.</param>
/// <param name="options">Address, key and clock.</param>
internal sealed class HttpExchange(HttpMessageInvoker http, DispatcherClientOptions options)
{
    private readonly Uri _address = options.Address ?? (http as HttpClient)?.BaseAddress
        ?? throw new ArgumentException("Where is the API? Give DispatcherClientOptions.Address or HttpClient.BaseAddress.", nameof(options));

    private readonly AuthenticationHeaderValue? _key = options.Key is { } key ? new AuthenticationHeaderValue("Bearer", key) : null;

    /// <summary>Sends a request.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path below the address.</param>
    /// <param name="content">The body.</param>
    /// <param name="timeout">How long it may take until the answer is read.</param>
    /// <param name="read">Reads a good answer.</param>
    /// <param name="cancellationToken">Ends it with <see cref="OperationCanceledException"/>.</param>
    /// <returns>Why there is no good answer; <see langword="null"/> when it was read.</returns>
    public async Task<Problem?> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        TimeSpan timeout,
        Func<HttpResponseMessage, CancellationToken, Task> read,
        CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var request = new HttpRequestMessage(method, new Uri(_address, path)) { Content = content };
        if (_key is not null)
            request.Headers.Authorization = _key;
        try
        {
            using var response = await SendAsync(request, either.Token);
            if (response.IsSuccessStatusCode)
                await read(response, either.Token);
            else
                return Problem.Read((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(either.Token), RetryAfter(response));
            return null;
        }
        catch (HttpRequestException e) when (IsUnsent(e))
        {
            return Problem.Unreachable(e.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return Problem.NoAnswer(e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Problem.NoAnswer($"nothing came within {timeout.TotalSeconds:0.#} s");
        }
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => http is HttpClient client
        ? client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken) // or it would collect the whole answer first
        : http.SendAsync(request, cancellationToken);

    private static bool IsUnsent(HttpRequestException e) => e.HttpRequestError
        is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
        or HttpRequestError.ProxyTunnelError;

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date - options.Time.GetUtcNow() is { Ticks: >= 0 } until => until,
        { Date: not null } => TimeSpan.Zero,
        _ => null,
    };
}
