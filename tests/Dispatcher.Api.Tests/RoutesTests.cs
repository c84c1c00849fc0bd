using Dispatcher.Api.Access;
using Dispatcher.Api.Batches;
using Dispatcher.Api.Channels;
using Dispatcher.Api.Pushes;
using Dispatcher.Api.Scheduling;
using Dispatcher.Api.Topics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Dispatcher.Api.Tests;

public sealed class RoutesTests
{
    /// <summary>The routes as they are mapped; nobody calls one, so what is behind them may be missing.</summary>
    private static readonly IReadOnlyList<RouteEndpoint> All = Map();

    [Fact]
    public void Every_route_but_health_and_the_dashboards_files_demands_a_scope() =>
        Assert.All(
            All.Where(route => !IsHealth(route) && !IsDashboardFile(route)),
            route => Assert.True(route.Metadata.GetMetadata<AccessRule>() is { AnyOf: not Scopes.None }, $"{route.DisplayName} is open to all."));

    [Fact]
    public void Health_is_open_to_all() =>
        Assert.All(All.Where(IsHealth), route => Assert.Equal(new AccessRule(Scopes.None), route.Metadata.GetMetadata<AccessRule>()));

    [Fact]
    public void The_dashboards_data_demand_ops_read() => Assert.Equal(
        new AccessRule(Scopes.ReadOps), All.Single(route => route.RoutePattern.RawText == "/dashboard/data").Metadata.GetMetadata<AccessRule>());

    [Fact]
    public void There_are_routes_of_both_kinds() => Assert.True(All.Any(IsHealth) && !All.All(IsHealth));

    private static bool IsHealth(RouteEndpoint route) => route.RoutePattern.RawText!.StartsWith("/health/", StringComparison.Ordinal);

    /// <summary>Files hold nothing; what they show is <c>/dashboard/data</c>.</summary>
    private static bool IsDashboardFile(RouteEndpoint route) =>
        route.RoutePattern.RawText == "/dashboard"
        || (route.RoutePattern.RawText!.StartsWith("/dashboard/", StringComparison.Ordinal) && Path.HasExtension(route.RoutePattern.RawText));

    private static IReadOnlyList<RouteEndpoint> Map()
    {
        IEndpointRouteBuilder app = WebApplication.CreateSlimBuilder().Build();
        new Routes(
            new PushEndpoint(null!, null!, null!),
            new BatchEndpoint(null!, new(), null!, null!, null!, null!),
            new CancelEndpoint(null!),
            new ChannelEndpoints(null!, null!, null!),
            new TopicEndpoints(null!, null!),
            new(isPublic: false),
            new(null!, isPublic: false),
            new(null!),
            new(null!)).Map(app);
        return [.. app.DataSources.SelectMany(source => source.Endpoints).Cast<RouteEndpoint>()];
    }
}
