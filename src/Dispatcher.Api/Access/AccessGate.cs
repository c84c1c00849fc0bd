using Dispatcher.Api.Pushes;

namespace Dispatcher.Api.Access;

/// <summary>
/// Stands before every route: finds out who calls and whether the route is for them, once. Handlers get the <see cref="Caller"/> from the
/// request. It allocates nothing for a caller with a right key.
/// </summary>
internal sealed class AccessGate(RequestDelegate next, ApiKeys keys)
{
    private static readonly Problem WrongKey = AccessProblems.InvalidToken("No such key is configured.");

    /// <summary>Handles one request.</summary>
    /// <param name="context">The request.</param>
    public Task InvokeAsync(HttpContext context)
    {
        // What routing answers itself, with 404 or 405, is no route.
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
            return next(context);
        if (endpoint.Metadata.GetMetadata<AccessRule>() is not { } rule)
            return AccessProblems.Closed.WriteAsync(context);
        if (rule.AnyOf == Scopes.None)
            return next(context);

        var authorization = (string?)context.Request.Headers.Authorization;
        if (!ApiKeys.IsBearer(authorization))
            return AccessProblems.Unauthorized.WriteAsync(context);
        if (!keys.TryFind(authorization, out var caller))
            return WrongKey.WriteAsync(context);
        if (!caller.MayAny(rule.AnyOf))
            return AccessProblems.Forbidden(rule.AnyOf).WriteAsync(context);
        context.Features.Set(caller);
        return next(context);
    }
}
