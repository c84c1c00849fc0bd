using Dispatcher.Simulator.Ledger;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Dispatcher.Simulator.Control;

/// <summary><c>/ledger</c>: what the providers answered.</summary>
internal sealed class LedgerEndpoints(PushLedger ledger, FlakyTokens flaky)
{
    private const int DefaultLimit = 100;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ledger", Entries);
        routes.MapGet("/ledger/count", (string? provider, string? outcome) => new CountAnswer(ledger.Summarize().Count(provider, outcome)));
        routes.MapGet("/ledger/summary", ledger.Summarize);
        routes.MapGet("/ledger/{**id}", ById);
        routes.MapDelete("/ledger", Clear);
    }

    private IEnumerable<LedgerEntry> Entries(string? token, int? limit) => token is null
        ? ledger.Newest(limit ?? DefaultLimit)
        : ledger.FindByToken(token, limit ?? DefaultLimit);

    private Results<Ok<IdAnswer>, NotFound> ById(string id)
    {
        // The server leaves an escaped slash in a path as it is, and a message name has three.
        var entries = ledger.FindById(id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));
        return entries.Count > 0
            ? TypedResults.Ok(new IdAnswer(id, entries.Count(entry => entry.Accepted), entries))
            : TypedResults.NotFound();
    }

    private NoContent Clear()
    {
        ledger.Clear();
        flaky.Clear();
        return TypedResults.NoContent();
    }
}
