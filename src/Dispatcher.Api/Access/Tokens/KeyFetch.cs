namespace Dispatcher.Api.Access.Tokens;

/// <summary>Gets a key set from where it is published: from a file, or over HTTP without redirects, proxies or patience.</summary>
internal sealed class KeyFetch : IDisposable
{
    /// <summary>How long a fetch may take.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private const int MaxBytes = 256 * 1024; // Google's two keys have 2 KB, a large tenant of Entra 40 KB

    private readonly JwtOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker? _http;

    public KeyFetch(JwtOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        if (options.KeysUrl is not null)
        {
            _http = new HttpMessageInvoker(new SocketsHttpHandler
            {
                AllowAutoRedirect = false, // who we trust is configured
                UseProxy = false,
                UseCookies = false,
                ConnectTimeout = Deadline,
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
                MaxResponseHeadersLength = 16,
            });
        }
    }

    /// <summary>Gets the keys.</summary>
    /// <exception cref="InvalidDataException">What came is no key set.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="HttpRequestException">Nobody answers, or with an error.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public async Task<KeySet> GetAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline, _time);
        if (_http is null)
        {
            await using var file = File.OpenRead(_options.KeysPath!);
            return await ReadAsync(file, deadline.Token);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, _options.KeysUrl);
        request.Headers.Accept.ParseAdd("application/json");
        using var response = await _http.SendAsync(request, deadline.Token);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(deadline.Token);
        return await ReadAsync(body, deadline.Token);
    }

    public void Dispose() => _http?.Dispose();

    private static async Task<KeySet> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var bytes = new byte[MaxBytes + 1];
        var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= MaxBytes ? KeySet.Read(bytes.AsMemory(0, length)) : throw new InvalidDataException($"It has more than {MaxBytes:N0} bytes.");
    }
}
