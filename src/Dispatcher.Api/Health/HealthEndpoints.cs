using Dispatcher.Api.Access;
using Dispatcher.Core.Telemetry;
using Dispatcher.Core.Telemetry.Health;

namespace Dispatcher.Api.Health;

/// <summary>What the API answers about itself. Probes are open to all; what is wrong in detail is for operators.</summary>
/// <param name="health">How it is; it may take seconds.</param>
internal sealed class HealthEndpoints(ApiHealth health)
{
    /// <summary>Maps the routes.</summary>
    /// <param name="routes">Where.</param>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", WriteAsync).Require(Scopes.ReadOps);
        routes.MapGet("/health/live", () => Results.Ok()).OpenToAll();
        routes.MapGet("/health/ready", ReadyAsync).OpenToAll();
        routes.MapGet("/health/process", () => ProcessUsage.Read()).OpenToAll();
    }

    private async Task<IResult> ReadyAsync() =>
        await health.IsReadyAsync() ? Results.Ok() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);

    private async Task WriteAsync(HttpContext context)
    {
        var report = await health.ReportAsync();
        context.Response.StatusCode = report.HttpStatus;
        context.Response.ContentType = HealthReport.ContentType;
        await context.Response.BodyWriter.WriteAsync(report.ToJson(), context.RequestAborted);
    }
}
