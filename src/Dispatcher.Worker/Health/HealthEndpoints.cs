using Dispatcher.Core.Telemetry;
using Dispatcher.Core.Telemetry.Health;
using Dispatcher.Worker.Dispatching;

namespace Dispatcher.Worker.Health;

/// <summary>What the worker answers about itself. All of it is open: the worker listens for operators and probes only.</summary>
internal sealed class HealthEndpoints(WorkerHealth health, DispatchService dispatch)
{
    /// <summary>Maps the routes.</summary>
    /// <param name="routes">Where.</param>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => health.IsAlive ? Results.Ok() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
        routes.MapGet("/health/ready", async () => await health.UnreadinessAsync() is { } why
            ? Results.Text(why, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Ok());
        routes.MapGet("/health", async () =>
        {
            var report = await health.ReportAsync();
            return new HealthResult(report);
        });
        routes.MapGet("/health/process", () =>
        {
            var usage = ProcessUsage.Read();
            return Results.Json(new
            {
                usage.CpuMilliseconds,
                usage.AllocatedBytes,
                usage.PeakWorkingSetBytes,
                Settled = dispatch.Ended,
                dispatch.InFlight,
            });
        });
    }

    private sealed class HealthResult(HealthReport report) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = report.HttpStatus;
            httpContext.Response.ContentType = HealthReport.ContentType;
            await httpContext.Response.BodyWriter.WriteAsync(report.ToJson(), httpContext.RequestAborted);
        }
    }
}
