using Dispatcher.Core.Sending;
using Dispatcher.EndToEnd.Tests.Stage;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>What Dispatcher depends on is gone for a while. Invariant 10: an outage makes a backlog, not dead letters.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task A_providers_outage_in_the_middle_of_the_load_becomes_a_backlog_and_no_dead_letters()
    {
        await using var deployment = await Deployment.StartAsync(workers: 1);
        var load = new Load(deployment.Api);
        await deployment.Ledger.SettledAsync(1_000);

        await deployment.Simulator.BreakProvidersAsync(new { status = 503 });
        await Patience.UntilAsync(async () => await deployment.Simulator.CountAsync("503") > 100, () => "the providers refuse nothing");
        await load.AcceptedAsync(load.Accepted.Count + 500);
        var pushes = await load.EndAsync();
        await deployment.Simulator.RepairProvidersAsync();

        (await Balance.OfAsync(deployment, pushes)).AssertHolds();
        Assert.Empty(deployment.Ledger.DeadLetters);
        Assert.All(pushes, push => Assert.Equal(OutcomeKind.Accepted, Assert.Single(deployment.Ledger.Of(push)).Outcome));
    }

    [Fact]
    public async Task Kafkas_outage_is_told_to_callers_and_costs_nothing_that_was_accepted()
    {
        await using var deployment = await Deployment.StartAsync(workers: 1, TimeSpan.FromMilliseconds(20));
        var load = new Load(deployment.Api);
        await deployment.Ledger.SettledAsync(500);

        await deployment.Simulator.KafkaDownAsync();
        await load.RefusedAsync();
        await deployment.Simulator.KafkaUpAsync();

        await load.AcceptedAsync(load.Accepted.Count + 500);
        var balance = await Balance.OfAsync(deployment, await load.EndAsync());
        // The worker kept what it had in flight; only a session that ended meanwhile makes somebody else, here itself, begin it again.
        balance.AssertHolds(duplicates: 4 * Deployment.MaxInFlight);
        Assert.Empty(deployment.Ledger.DeadLetters);
    }
}
