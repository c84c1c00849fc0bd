using Dispatcher.Simulator.Scenarios;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Dispatcher.Simulator.Control;

/// <summary><c>/scenario</c>: the timeline that is played.</summary>
internal sealed class ScenarioEndpoints(SimulatedProviders providers)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/scenario", Show);
        routes.MapPut("/scenario", PlayAsync);
        routes.MapDelete("/scenario", StopAsync);
    }

    private Results<Ok<ScenarioAnswer>, NotFound> Show() => providers.Scenario is { } run
        ? TypedResults.Ok(new ScenarioAnswer(run.Scenario.Name, run.Begun, run.Scenario.Steps.Count, run.Played.IsCompleted))
        : TypedResults.NotFound();

    private async Task<Results<NoContent, BadRequest<string>>> PlayAsync(Scenario scenario)
    {
        if (scenario.Problem() is { } problem)
            return TypedResults.BadRequest(problem);

        await providers.PlayAsync(scenario);
        return TypedResults.NoContent();
    }

    private async Task<NoContent> StopAsync()
    {
        await providers.PlayAsync(null);
        return TypedResults.NoContent();
    }
}
