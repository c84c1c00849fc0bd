using Dispatcher.Api.Access;
using Dispatcher.Api.Batches;
using Dispatcher.Api.Channels;
using Dispatcher.Api.Contract;
using Dispatcher.Api.Dashboard;
using Dispatcher.Api.Health;
using Dispatcher.Api.Metrics;
using Dispatcher.Api.Pushes;
using Dispatcher.Api.Scheduling;
using Dispatcher.Api.Topics;

namespace Dispatcher.Api;

/// <summary>Every route of the API. Each says who may use it; <see cref="AccessGate"/> closes those that do not.</summary>
/// <param name="pushes">Pushes.</param>
/// <param name="batches">Many requests in one.</param>
/// <param name="cancels">Pushes that are for later and not to be sent after all.</param>
/// <param name="channels">Channels.</param>
/// <param name="topics">Subscriptions to topics.</param>
/// <param name="contract">The description of all of them.</param>
/// <param name="metrics">What is measured.</param>
/// <param name="dashboard">The same of every instance, as a page.</param>
/// <param name="health">How the API is.</param>
internal sealed class Routes(
    PushEndpoint pushes,
    BatchEndpoint batches,
    CancelEndpoint cancels,
    ChannelEndpoints channels,
    TopicEndpoints topics,
    ContractEndpoints contract,
    MetricsEndpoint metrics,
    DashboardEndpoints dashboard,
    HealthEndpoints health)
{
    /// <summary>Maps them.</summary>
    /// <param name="app">Where.</param>
    public void Map(IEndpointRouteBuilder app)
    {
        pushes.Map(app);
        batches.Map(app);
        cancels.Map(app);
        channels.Map(app);
        topics.Map(app);
        contract.Map(app);
        metrics.Map(app);
        dashboard.Map(app);
        health.Map(app);
    }
}
