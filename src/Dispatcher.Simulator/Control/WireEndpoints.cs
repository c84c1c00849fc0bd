using Dispatcher.Simulator.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Dispatcher.Simulator.Control;

/// <summary><c>/wire/{provider}</c>: connections of the wire ports.</summary>
internal sealed class WireEndpoints(WireServer apns, WireServer fcm)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/wire/{provider}", Show);
        routes.MapPut("/wire/{provider}", Replace);
        routes.MapPost("/wire/{provider}/goaway", GoAway);
    }

    private Results<Ok<WireAnswer>, NotFound> Show(string provider) => Of(provider) is { } server
        ? TypedResults.Ok(new WireAnswer(server.Profile, server.Accepted, server.Connections))
        : TypedResults.NotFound();

    private Results<NoContent, NotFound, BadRequest<string>> Replace(string provider, WireProfile profile)
    {
        if (Of(provider) is not { } server)
            return TypedResults.NotFound();
        if (profile.Problem() is { } problem)
            return TypedResults.BadRequest(problem);

        server.Profile = profile;
        return TypedResults.NoContent();
    }

    private Results<Ok<GoAwayAnswer>, NotFound, BadRequest<string>> GoAway(string provider, int? connection, GoAwayOrder order)
    {
        if (Of(provider) is not { } server)
            return TypedResults.NotFound();
        return order.Problem() is { } problem
            ? TypedResults.BadRequest(problem)
            : TypedResults.Ok(new GoAwayAnswer(server.GoAway(order, connection)));
    }

    private WireServer? Of(string provider) => provider switch
    {
        "apns" => apns,
        "fcm" => fcm,
        _ => null,
    };
}
