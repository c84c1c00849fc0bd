using System.Text.Json;

namespace Dispatcher.Simulator.Tests.Wire;

/// <summary>A response, read to its end.</summary>
internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, string Body, Version Version)
{
    public JsonElement Json => JsonElement.Parse(Body);

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var headers = response.Headers.Concat(response.Content.Headers)
                .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
            return new Answer((int)response.StatusCode, headers, await response.Content.ReadAsStringAsync(), response.Version);
        }
    }
}
