using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Dispatcher.Api.Access;
using Dispatcher.Api.Limits;
using Dispatcher.Api.Previews;
using Dispatcher.Core.Pushes;
using Microsoft.Extensions.Primitives;

namespace Dispatcher.Api.Pushes;

/// <summary><c>POST /push</c>: who, what, is it right, publish, answer.</summary>
internal sealed class PushEndpoint(PushIntake intake, PushPreview preview, TenantLimits limits)
{
    /// <summary>The header with a request's key.</summary>
    public const string KeyHeader = "Idempotency-Key";

    private const string ReplayedHeader = "Idempotency-Replayed";

    /// <summary>Maps the route. Which of the scopes a request takes, its class says.</summary>
    /// <param name="routes">Where.</param>
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/push", HandleAsync).Require(Scopes.Send | Scopes.Bulk | Scopes.Validate);

    /// <summary>Handles one request.</summary>
    /// <param name="context">The request.</param>
    private async Task HandleAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            await Problems.UnsupportedMediaType.WriteAsync(context);
        }
        else if (PushPreview.IsAsked(context.Request.Query) is not { } isPreview)
        {
            await Problems.UnclearQuery.WriteAsync(context);
        }
        else if (isPreview)
        {
            await ShowAsync(context, Caller.Of(context));
        }
        else if (KeyProblem(context.Request.Headers[KeyHeader]) is { } keyProblem)
        {
            await Problems.InvalidKey(keyProblem).WriteAsync(context);
        }
        else
        {
            var caller = Caller.Of(context);
            var (request, problem) = await ReadAsync(context, caller);
            if (request is not null)
                problem = await intake.PublishAsync(request);
            limits.For(caller.Tenant).Terms.Describe(context.Response.Headers);
            if (problem is not null)
                await problem.WriteAsync(context);
            else
                await WriteAcceptedAsync(context, request!);
        }
    }

    private async Task ShowAsync(HttpContext context, Caller caller)
    {
        CheckedRequest? request = null;
        Problem? problem = null;
        if (!caller.May(Scopes.Validate))
            problem = AccessProblems.Forbidden(Scopes.Validate);
        else
            problem = await ReadAsync(context, body => intake.TryCheck(body, caller, out request, out var wrong) ? null : wrong);
        if (problem is not null)
            await problem.WriteAsync(context);
        else
            await preview.WriteAsync(context, request!);
    }

    private async Task<(AdmittedRequest? Request, Problem? Problem)> ReadAsync(HttpContext context, Caller caller)
    {
        AdmittedRequest? request = null;
        var key = (string?)context.Request.Headers[KeyHeader];
        var problem = await ReadAsync(context, body => intake.TryAdmit(body, caller, out request, out var wrong, key) ? null : wrong);
        return (request, problem);
    }

    private static async Task<Problem?> ReadAsync(HttpContext context, Func<ReadOnlySequence<byte>, Problem?> take)
    {
        var body = context.Request.BodyReader;
        ReadResult read;
        try
        {
            read = await body.ReadAsync(context.RequestAborted);
            while (!read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End); // keeps what there is: a document is parsed whole
                read = await body.ReadAsync(context.RequestAborted);
            }
        }
        catch (BadHttpRequestException e) when (Problems.Unreadable(e) is { } unreadable)
        {
            return unreadable;
        }

        var problem = take(read.Buffer);
        body.AdvanceTo(read.Buffer.End); // also past a body that was wrong, or the connection could not go on
        return problem;
    }

    private static string? KeyProblem(StringValues keys) => keys.Count switch
    {
        0 => null,
        1 => RepeatKey.Problem(keys[0] ?? ""),
        _ => "is there more than once",
    };

    private static async Task WriteAcceptedAsync(HttpContext context, AdmittedRequest request)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.ContentType = "application/json";
        if (request.IsReplayed)
            context.Response.Headers[ReplayedHeader] = "true";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter))
        {
            json.WriteStartObject();
            request.Write(json);
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
