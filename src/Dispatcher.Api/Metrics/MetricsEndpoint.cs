using Dispatcher.Api.Access;
using Dispatcher.Core.Telemetry.Prometheus;

namespace Dispatcher.Api.Metrics;

/// <summary><c>GET /metrics</c>: what is measured, for Prometheus.</summary>
/// <param name="page">The page.</param>
/// <param name="isPublic">Whether it is open to all; otherwise <c>ops:read</c> is needed.</param>
internal sealed class MetricsEndpoint(MetricsPage page, bool isPublic)
{
    /// <summary>Maps the route.</summary>
    /// <param name="routes">Where.</param>
    public void Map(IEndpointRouteBuilder routes)
    {
        var route = routes.MapGet("/metrics", () => Results.Text(page.Read(), MetricsPage.ContentType));
        _ = isPublic ? route.OpenToAll() : route.Require(Scopes.ReadOps);
    }
}
