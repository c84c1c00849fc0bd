using System.Net.Http.Headers;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>One HTTP answer, as far as it matters.</summary>
/// <param name="Status">The status, which is enough to decide: bodies can be missing, or HTML.</param>
/// <param name="Headers">The headers.</param>
/// <param name="Body">The body's beginning, at most <see cref="ConnectionSettings.MaxBodyBytes"/>.</param>
internal readonly record struct HttpAnswer(int Status, HttpResponseHeaders Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>More than any answer of either provider has; a proxy's error page is cut.</summary>
    public const int MaxBodyBytes = 16 * 1024;

    /// <summary>The first value of a header.</summary>
    public string? Header(string name) =>
        Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    /// <summary><c>Retry-After</c>, which is seconds or a date, as a wait from now.</summary>
    public TimeSpan? RetryAfter(DateTimeOffset now)
    {
        if (Headers.RetryAfter is not { } retryAfter)
            return null;
        var wait = retryAfter.Delta ?? retryAfter.Date - now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
