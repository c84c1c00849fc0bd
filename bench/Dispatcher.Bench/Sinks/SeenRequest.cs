using System.Text;
using Microsoft.AspNetCore.Http;

namespace Dispatcher.Bench.Sinks;

/// <summary>What one request looked like on the wire, so that it can be told whether two senders send the same.</summary>
/// <param name="Headers">Every header as <c>name: length of its value</c>, in order of names.</param>
/// <param name="Body">The body.</param>
internal sealed record SeenRequest(IReadOnlyList<string> Headers, string Body)
{
    public static SeenRequest Of(HttpRequest request, byte[] body) => new(
        [
            $":path: {request.Path.Value!.Length}",
            .. request.Headers.Select(header => $"{header.Key.ToLowerInvariant()}: {header.Value.ToString().Length}").Order(StringComparer.Ordinal),
        ],
        Encoding.UTF8.GetString(body));

    /// <summary>How another differs; <see langword="null"/> when it does not.</summary>
    /// <param name="other">The other.</param>
    public string? DifferenceTo(SeenRequest other)
    {
        string[] differences =
        [
            .. Headers.Except(other.Headers).Select(header => $"- {header}"),
            .. other.Headers.Except(Headers).Select(header => $"+ {header}"),
            .. Body.Length == other.Body.Length ? Array.Empty<string>() : [$"- body {Body}", $"+ body {other.Body}"],
        ];
        return differences.Length == 0 ? null : string.Join("; ", differences);
    }
}
