using System.Net;
using Dispatcher.Client;

namespace Dispatcher.Chaos.Stage;

/// <summary>A push that the API has answered 202 for.</summary>
internal sealed record AcceptedPush(Guid Id, string App, string Token);

/// <summary>The API over HTTP, as a business service calls it.</summary>
internal sealed class PushApi(Uri address, string apiKey)
{
    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler());

    /// <summary>Where it is.</summary>
    public Uri Address => address;

    // No second attempt and no keys: the books count what the API promised to a service that asks once.
    private readonly DispatcherClient _client = new(Http, new DispatcherClientOptions
    {
        Address = address,
        Key = apiKey,
        MaxAttempts = 1,
        IdempotencyKeys = false,
        AttemptTimeout = Patience.Limit,
    });

    /// <summary>Posts one push to some targets.</summary>
    /// <returns>The accepted pushes; none when the API could not take them (503), which is no promise.</returns>
    public async Task<IReadOnlyList<AcceptedPush>> PushAsync(
        IReadOnlyList<(string App, string Token)> targets,
        string @class = "urgent",
        int? timeToLive = null,
        string? key = null,
        DateTimeOffset? sendAt = null)
    {
        var receipt = await _client.TrySendAsync(new PushMessage
        {
            To = [.. targets.Select(target => PushTarget.Token(target.App, target.Token))],
            Notification = new Notification { Title = "Order 42", Body = "On its way" },
            Class = @class == "bulk" ? PushClass.Bulk : PushClass.Urgent,
            TimeToLive = timeToLive is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            SendAt = sendAt,
            IdempotencyKey = key,
        });
        return receipt.Problem switch
        {
            null => [.. receipt.Pushes.Zip(targets, (push, target) => new AcceptedPush(push.Id, target.App, target.Token))],
            { Status: (int)HttpStatusCode.ServiceUnavailable } => [],
            { } problem => throw new InvalidOperationException($"The API answered: {problem}"),
        };
    }

    /// <summary>Cancels a push.</summary>
    public async Task<HttpStatusCode> CancelAsync(Guid id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(address, $"/push/{id}"));
        request.Headers.Authorization = new("Bearer", apiKey);
        using var response = await Http.SendAsync(request, CancellationToken.None).WaitAsync(Patience.Limit);
        return response.StatusCode;
    }

    public async Task<bool> IsReadyAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/health/ready"));
        using var response = await Http.SendAsync(request, CancellationToken.None).WaitAsync(Patience.Limit);
        return response.IsSuccessStatusCode;
    }
}
