using System.Diagnostics;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Api.Http;

/// <summary>Says in a request's span which route it took and how it was answered. A request that nobody traces passes by.</summary>
internal sealed class RequestTracing(RequestDelegate next)
{
    /// <summary>Handles one request.</summary>
    /// <param name="context">The request.</param>
    public Task InvokeAsync(HttpContext context) => RequestTraces.Current is { } span ? TraceAsync(context, span) : next(context);

    private async Task TraceAsync(HttpContext context, Activity span)
    {
        if (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
            RequestTraces.Routed(span, context.Request.Method, route);
        await next(context);
        RequestTraces.Answered(span, context.Response.StatusCode);
    }
}
