using Dispatcher.Simulator.Ledger;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Dispatcher.Simulator.Control;

/// <summary><c>/ledger</c>: what the providers answered.</summary>
internal sealed class LedgerEndpoints(PushLedger ledger, FlakyTokens flaky)
{
    private const int DefaultLimit = 100;
    private const int DefaultPage = 10_000;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ledger", Entries);
        routes.MapGet("/ledger/count", (string? provider, string? outcome) => new CountAnswer(ledger.Summarize().Count(provider, outcome)));
        routes.MapGet("/ledger/summary", ledger.Summarize);
        routes.MapGet("/ledger/duplicates", Duplicates);
        routes.MapGet("/ledger/accepted", Accepted);
        routes.MapGet("/ledger/answers", Answers);
        routes.MapGet("/ledger/{**id}", ById);
        routes.MapDelete("/ledger", Clear);
    }

    private IEnumerable<LedgerEntry> Entries(string? token, int? limit) => token is null
        ? ledger.Newest(limit ?? DefaultLimit)
        : ledger.FindByToken(token, limit ?? DefaultLimit);

    private Results<Ok<DuplicateSummary>, BadRequest<string>> Duplicates(string? by) => by switch
    {
        null or "id" => TypedResults.Ok(ledger.Duplicates()),
        "token" => TypedResults.Ok(ledger.Duplicates(LedgerKey.Token)),
        _ => TypedResults.BadRequest("by must be id or token"),
    };

    private Results<Ok<AcceptedPage>, BadRequest<string>> Accepted(long? after, int? limit) => Page(after, limit, ledger.AcceptedAfter);

    private Results<Ok<AnswerPage>, BadRequest<string>> Answers(long? after, int? limit) => Page(after, limit, ledger.AnswersAfter);

    private static Results<Ok<T>, BadRequest<string>> Page<T>(long? after, int? limit, Func<long, int, T> read) => (after ?? 0, limit ?? DefaultPage) switch
    {
        ( < 0, _) => TypedResults.BadRequest("after must be 0 or the next of the page before"),
        (_, < 1 or > PushLedger.MaxPage) => TypedResults.BadRequest($"limit must be 1 to {PushLedger.MaxPage}"),
        var (cursor, count) => TypedResults.Ok(read(cursor, count)),
    };

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
