using Dispatcher.Api.Pushes;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Api.Access;

/// <summary>
/// Stands before every route: finds out who calls and whether the route is for them, once. Handlers get the <see cref="Caller"/> from the
/// request. It allocates nothing for a caller with a right key.
/// </summary>
internal sealed class AccessGate(RequestDelegate next, Callers callers, AccessMetrics metrics)
{
    /// <summary>Handles one request.</summary>
    /// <param name="context">The request.</param>
    public Task InvokeAsync(HttpContext context)
    {
        // What routing answers itself, with 404 or 405, is no route.
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
            return next(context);
        if (endpoint.Metadata.GetMetadata<AccessRule>() is not { } rule)
            return RefuseAsync(context, AccessProblems.Closed, "closed");
        if (rule.AnyOf == Scopes.None)
            return next(context);

        var finding = callers.FindAsync(context.Request.Headers.Authorization);
        return finding.IsCompletedSuccessfully ? PassAsync(context, rule, finding.Result) : PassLaterAsync(context, rule, finding);
    }

    private async Task PassLaterAsync(HttpContext context, AccessRule rule, ValueTask<CallerAnswer> finding) =>
        await PassAsync(context, rule, await finding);

    private Task PassAsync(HttpContext context, AccessRule rule, CallerAnswer answer)
    {
        if (answer.Caller is not { } caller)
            return RefuseAsync(context, answer.Refusal!, answer.Cause);
        if (!caller.MayAny(rule.AnyOf))
            return RefuseAsync(context, AccessProblems.Forbidden(rule.AnyOf), "scope");
        context.Features.Set(caller);
        return next(context);
    }

    private Task RefuseAsync(HttpContext context, Problem problem, string cause)
    {
        metrics.Refused(cause);
        return problem.WriteAsync(context);
    }
}
