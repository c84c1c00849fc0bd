using Microsoft.AspNetCore.Http.HttpResults;

namespace Dispatcher.Simulator.Control;

/// <summary><c>/faults/{provider}</c>: what goes wrong from now on.</summary>
internal sealed class FaultEndpoints(FaultSwitch apns, FaultSwitch fcm)
{
    private static readonly string TooMany = $"there are {FaultSwitch.MaxFaults} faults already: PUT replaces them, DELETE clears them";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/faults/{provider}", InForce);
        routes.MapPut("/faults/{provider}", Replace);
        routes.MapPost("/faults/{provider}", Append);
        routes.MapDelete("/faults/{provider}", Clear);
    }

    private Results<Ok<IReadOnlyList<FaultInForce>>, NotFound> InForce(string provider) =>
        Of(provider) is { } faults ? TypedResults.Ok(faults.Current) : TypedResults.NotFound();

    private Results<NoContent, NotFound, BadRequest<string>> Replace(string provider, Fault fault)
    {
        if (Of(provider) is not { } faults)
            return TypedResults.NotFound();
        if (fault.Problem() is { } problem)
            return TypedResults.BadRequest(problem);

        faults.Set(fault);
        return TypedResults.NoContent();
    }

    private Results<NoContent, NotFound, BadRequest<string>> Append(string provider, Fault fault)
    {
        if (Of(provider) is not { } faults)
            return TypedResults.NotFound();
        if (fault.Problem() is { } problem)
            return TypedResults.BadRequest(problem);

        return faults.TryAdd(fault) ? TypedResults.NoContent() : TypedResults.BadRequest(TooMany);
    }

    private Results<NoContent, NotFound> Clear(string provider)
    {
        if (Of(provider) is not { } faults)
            return TypedResults.NotFound();

        faults.Clear();
        return TypedResults.NoContent();
    }

    private FaultSwitch? Of(string provider) => provider switch
    {
        "apns" => apns,
        "fcm" => fcm,
        _ => null,
    };
}
