using System.Text;

namespace Dispatcher.Api.Dashboard;

/// <summary>Reads <c>/metrics</c> of another instance: without redirects, proxies or patience.</summary>
/// <param name="time">The clock.</param>
internal sealed class InstanceReader(TimeProvider time) : IDisposable
{
    /// <summary>How long an instance may take, from the connection to the last byte.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    /// <summary>A worker with a hundred apps has 300 KB.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // whom we ask is configured
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = Deadline,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
        MaxResponseHeadersLength = 16,
    });

    /// <summary>Reads it.</summary>
    /// <param name="address">Where.</param>
    /// <param name="authorization">The viewer's own header; only a replica of the API gets it.</param>
    /// <returns>The page, or why there is none.</returns>
    public async Task<(string? Text, string? Problem)> ReadAsync(InstanceAddress address, string? authorization)
    {
        if (address.Problem is not null)
            return (null, address.Problem);
        using var deadline = new CancellationTokenSource(Deadline, time);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address.Url, "/metrics"));
            request.Headers.Host = address.Host; // the name that a certificate is for
            if (address.IsReplica && authorization is not null)
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var response = await _http.SendAsync(request, deadline.Token);
            if ((int)response.StatusCode is not 200 and var status)
                return (null, ProblemOf(status, address.IsReplica));
            await response.Content.LoadIntoBufferAsync(MaxBytes, deadline.Token);
            return (Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(deadline.Token)), null);
        }
        catch (OperationCanceledException)
        {
            return (null, "no answer within 1 s");
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return (null, "its /metrics is larger than 4 MiB");
        }
        catch (HttpRequestException e)
        {
            return (null, e.HttpRequestError == HttpRequestError.ConnectionError ? "no connection" : "the connection broke");
        }
    }

    public void Dispose() => _http.Dispose();

    private static string ProblemOf(int status, bool isReplica) => (status, isReplica) switch
    {
        (401 or 403, false) => $"wants a key ({status}): an API belongs under Dashboard:Replicas",
        (401 or 403, true) => $"does not take this key ({status})",
        _ => $"its /metrics answers {status}",
    };
}
