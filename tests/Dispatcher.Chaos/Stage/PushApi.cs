using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Dispatcher.Chaos.Stage;

/// <summary>A push that the API has answered 202 for.</summary>
internal sealed record AcceptedPush(Guid Id, string App, string Token);

/// <summary>The API over HTTP, as a business service calls it.</summary>
internal sealed class PushApi(Uri address, string apiKey)
{
    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler());

    /// <summary>Posts one push to some targets.</summary>
    /// <returns>The accepted pushes; none when the API could not take them (503), which is no promise.</returns>
    public async Task<IReadOnlyList<AcceptedPush>> PushAsync(
        IReadOnlyList<(string App, string Token)> targets, string @class = "urgent", int? timeToLive = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/push"))
        {
            Content = JsonContent.Create(new
            {
                to = targets.Select(target => new { app = target.App, token = target.Token }),
                notification = new { title = "Order 42", body = "On its way" },
                @class,
                timeToLive,
            }),
        };
        request.Headers.Authorization = new("Bearer", apiKey);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var response = await Http.SendAsync(request, CancellationToken.None).WaitAsync(Patience.Limit);
        var body = await response.Content.ReadAsStringAsync();
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            return [];
        if (response.StatusCode != HttpStatusCode.Accepted)
            throw new InvalidOperationException($"The API answered {response.StatusCode}: {body}");
        var ids = JsonElement.Parse(body).GetProperty("pushes").EnumerateArray().Select(push => push.GetProperty("id").GetGuid());
        return [.. ids.Zip(targets, (id, target) => new AcceptedPush(id, target.App, target.Token))];
    }

    public async Task<bool> IsReadyAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/health/ready"));
        using var response = await Http.SendAsync(request, CancellationToken.None).WaitAsync(Patience.Limit);
        return response.IsSuccessStatusCode;
    }
}
