using System.Text.Json;
using Dispatcher.Api.Access;

namespace Dispatcher.Api.Scheduling;

/// <summary><c>DELETE /push/{id}</c>: a push that is for later is not to be sent after all.</summary>
internal sealed class CancelEndpoint(Schedule schedule)
{
    /// <summary>Maps the route: who may send may also think better of it.</summary>
    /// <param name="routes">Where.</param>
    public void Map(IEndpointRouteBuilder routes) => routes.MapDelete("/push/{id}", HandleAsync).Require(Scopes.Send | Scopes.Bulk);

    private async Task HandleAsync(HttpContext context)
    {
        if (!Guid.TryParseExact((string?)context.Request.RouteValues["id"], "D", out var id))
        {
            await ScheduleProblems.NoSuchPush.WriteAsync(context);
        }
        else
        {
            var (cancelled, problem) = await schedule.CancelAsync(id, Caller.Of(context).Tenant, context.RequestAborted);
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
