using System.IO.Pipelines;
using System.Text.Json;
using Dispatcher.Api.Access;
using Dispatcher.Api.Limits;
using Dispatcher.Core.Pushes;
using Microsoft.Extensions.Primitives;

namespace Dispatcher.Api.Pushes;

/// <summary><c>POST /push</c>: who, what, is it right, publish, answer.</summary>
internal sealed class PushEndpoint(PushIntake intake, TenantLimits limits)
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
            limits.For(caller.Tenant).Describe(context.Response.Headers);
            if (problem is not null)
                await problem.WriteAsync(context);
            else
                await WriteAcceptedAsync(context, request!);
        }
    }

    private async Task<(AdmittedRequest? Request, Problem? Problem)> ReadAsync(HttpContext context, Caller caller)
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
            return (null, unreadable);
        }

        intake.TryAdmit(read.Buffer, caller, out var request, out var problem, (string?)context.Request.Headers[KeyHeader]);
        body.AdvanceTo(read.Buffer.End); // also past a body that was wrong, or the connection could not go on
        return (request, problem);
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
