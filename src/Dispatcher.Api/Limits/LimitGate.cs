using Dispatcher.Api.Access;
using Dispatcher.Api.Pushes;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Dispatcher.Api.Limits;

/// <summary>Stands behind <see cref="AccessGate"/>: how many requests a tenant has under way, and how large one may be.</summary>
internal sealed class LimitGate(RequestDelegate next, TenantLimits limits, AdmissionMetrics metrics)
{
    private static readonly Func<object, Task> LeaveAsync = static allowance =>
    {
        ((TenantAllowance)allowance).Leave();
        return Task.CompletedTask;
    };

    /// <summary>Handles one request.</summary>
    /// <param name="context">The request.</param>
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<Caller>() is not { } caller)
            return next(context);
        var allowance = limits.For(caller.Tenant);
        if (!allowance.TryEnter())
            return RefuseAsync(context, caller, LimitProblems.TooManyRequests, "concurrency");
        context.Response.OnCompleted(LeaveAsync, allowance);

        var bytes = allowance.Terms.Options.MaxRequestBytes;
        if (bytes == PushLimits.MaxRequestBytes || context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>() is not null)
            return next(context); // what everybody may, the server sees to; and a batch has lines, each of which is a request
        if (context.Request.ContentLength > bytes && !context.Request.Headers.ContainsKey("Content-Encoding"))
            return RefuseAsync(context, caller, LimitProblems.TooLarge(bytes), "bytes");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = bytes;
        return next(context);
    }

    private Task RefuseAsync(HttpContext context, Caller caller, Problem problem, string cause)
    {
        metrics.Refused(caller.Tenant, cause);
        return problem.WriteAsync(context);
    }
}
