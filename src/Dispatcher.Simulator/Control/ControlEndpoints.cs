using Dispatcher.Simulator.Ledger;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Dispatcher.Simulator.Control;

/// <summary>The control API: what the providers answered, and how they shall answer from now on. Described in docs/simulator.md.</summary>
internal sealed class ControlEndpoints(SimulatedProviders providers)
{
    private const int DefaultLimit = 100;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ledger", Entries);
        routes.MapGet("/ledger/count", (string? provider, string? outcome) => new CountAnswer(providers.Ledger.Summarize().Count(provider, outcome)));
        routes.MapGet("/ledger/summary", providers.Ledger.Summarize);
        routes.MapGet("/ledger/{**id}", ById);
        routes.MapDelete("/ledger", ClearLedger);

        routes.MapGet("/faults/{provider}", CurrentFault);
        routes.MapPut("/faults/{provider}", SetFault);
        routes.MapDelete("/faults/{provider}", ClearFault);

        routes.MapGet("/latency", () => new LatencySetting((int)providers.AnswerTime.Latency.TotalMilliseconds));
        routes.MapPut("/latency", SetLatency);

        routes.MapDelete("/access-tokens", RevokeAccessTokens);
    }

    private IEnumerable<LedgerEntry> Entries(string? token, int? limit) => token is null
        ? providers.Ledger.Newest(limit ?? DefaultLimit)
        : providers.Ledger.FindByToken(token, limit ?? DefaultLimit);

    private Results<Ok<IdAnswer>, NotFound> ById(string id)
    {
        // The server leaves an escaped slash in a path as it is, and a message name has three.
        var entries = providers.Ledger.FindById(id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));
        return entries.Count > 0
            ? TypedResults.Ok(new IdAnswer(id, entries.Count(entry => entry.Accepted), entries))
            : TypedResults.NotFound();
    }

    private NoContent ClearLedger()
    {
        providers.Ledger.Clear();
        providers.FlakyTokens.Clear();
        return TypedResults.NoContent();
    }

    private Results<Ok<Fault>, NotFound> CurrentFault(string provider) =>
        FaultsOf(provider)?.Current is { } fault ? TypedResults.Ok(fault) : TypedResults.NotFound();

    private Results<NoContent, NotFound, BadRequest<string>> SetFault(string provider, Fault fault)
    {
        if (FaultsOf(provider) is not { } faults)
            return TypedResults.NotFound();
        if (fault.Problem() is { } problem)
            return TypedResults.BadRequest(problem);

        faults.Set(fault);
        return TypedResults.NoContent();
    }

    private Results<NoContent, NotFound> ClearFault(string provider)
    {
        if (FaultsOf(provider) is not { } faults)
            return TypedResults.NotFound();

        faults.Clear();
        return TypedResults.NoContent();
    }

    private Results<NoContent, BadRequest<string>> SetLatency(LatencySetting setting)
    {
        if (setting.Ms is not (>= 0 and <= LatencySetting.MaxMs))
            return TypedResults.BadRequest($"ms must be 0 to {LatencySetting.MaxMs}");

        providers.AnswerTime.Latency = TimeSpan.FromMilliseconds(setting.Ms);
        return TypedResults.NoContent();
    }

    private NoContent RevokeAccessTokens()
    {
        providers.AccessTokens.RevokeAll();
        return TypedResults.NoContent();
    }

    private FaultSwitch? FaultsOf(string provider) => provider switch
    {
        "apns" => providers.ApnsFaults,
        "fcm" => providers.FcmFaults,
        _ => null,
    };
}
