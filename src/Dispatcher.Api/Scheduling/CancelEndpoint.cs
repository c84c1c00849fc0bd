using System.Text.Json;
using Dispatcher.Api.Access;
using Dispatcher.Api.Pushes;

namespace Dispatcher.Api.Scheduling;

/// <summary><c>DELETE /push/{id}</c>: a push that is for later is not to be sent after all.</summary>
internal sealed class CancelEndpoint(ApiKeys keys, Schedule schedule)
{
    /// <summary>Handles one request.</summary>
    /// <param name="context">The request.</param>
    public async Task HandleAsync(HttpContext context)
    {
        if (!keys.TryFind(context.Request.Headers.Authorization, out var caller))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await Problems.Unauthorized.WriteAsync(context);
        }
        else if (!Guid.TryParseExact((string?)context.Request.RouteValues["id"], "D", out var id))
        {
            await ScheduleProblems.NoSuchPush.WriteAsync(context);
        }
        else
        {
            var (cancelled, problem) = await schedule.CancelAsync(id, caller.Tenant, context.RequestAborted);
            if (problem is not null)
                await problem.WriteAsync(context);
            else
                await WriteAsync(context, id, cancelled!.SendAt);
        }
    }

    private static async Task WriteAsync(HttpContext context, Guid id, DateTimeOffset sendAt)
    {
        context.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            json.WriteString("status"u8, "cancelled"u8);
            json.WriteString("sendAt"u8, sendAt.UtcDateTime);
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
