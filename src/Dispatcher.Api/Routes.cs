using Dispatcher.Api.Access;
using Dispatcher.Api.Channels;
using Dispatcher.Api.Pushes;
using Dispatcher.Api.Topics;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Api;

/// <summary>Every route of the API. Each says who may use it; <see cref="AccessGate"/> closes those that do not.</summary>
/// <param name="pushes">Pushes.</param>
/// <param name="channels">Channels.</param>
/// <param name="topics">Subscriptions to topics.</param>
/// <param name="isReady">Whether requests can be served; it may block for seconds.</param>
internal sealed class Routes(PushEndpoint pushes, ChannelEndpoints channels, TopicEndpoints topics, Func<bool> isReady)
{
    /// <summary>Maps them.</summary>
    /// <param name="app">Where.</param>
    public void Map(IEndpointRouteBuilder app)
    {
        pushes.Map(app);
        channels.Map(app);
        topics.Map(app);

        var health = app.MapGroup("/health").OpenToAll();
        health.MapGet("/live", () => Results.Ok());
        health.MapGet("/ready", async () =>
            await Task.Run(isReady) ? Results.Ok() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
        health.MapGet("/process", () => ProcessUsage.Read());
    }
}
