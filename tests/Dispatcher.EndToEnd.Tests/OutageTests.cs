using Dispatcher.Chaos.Stage;
using Dispatcher.Core.Sending;
using Dispatcher.EndToEnd.Tests.Stage;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>What Dispatcher depends on is gone for a while. Invariant 10: an outage makes a backlog, not dead letters.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task A_providers_outage_in_the_middle_of_the_load_becomes_a_backlog_and_no_dead_letters()
    {
        await using var deployment = await Deployment.StartAsync(new() { Workers = 1 });
        var load = new Load(deployment);
        await deployment.Ledger.SettledAsync(1_000);

        await deployment.Simulator.BreakProvidersAsync(new { status = 503 });
        await Patience.UntilAsync(async () => await deployment.Simulator.CountAsync("503") > 100, () => "the providers refuse nothing");
        load.PostsAhead = true;
        await load.AcceptedAsync(load.Accepted.Count + 2_000);
        var pushes = await load.EndAsync();
        await deployment.Simulator.RepairProvidersAsync();

        (await Balance.OfAsync(deployment, pushes)).AssertHolds();
        Assert.Empty(deployment.Ledger.DeadLetters);
        Assert.All(pushes, push => Assert.Equal(OutcomeKind.Accepted, Assert.Single(deployment.Ledger.Of(push)).Outcome));
    }

    [Fact]
    public async Task Kafkas_outage_is_told_to_callers_and_costs_nothing_that_was_accepted()
    {
        await using var deployment = await Deployment.StartAsync(new() { Workers = 1, Latency = TimeSpan.FromMilliseconds(20) });
        var load = new Load(deployment);
        await deployment.Ledger.SettledAsync(500);

        var committed = deployment.Ledger.Committed();
        await deployment.Simulator.KafkaDownAsync();
        load.PostsAhead = true;
        await load.RefusedAsync();
        var taken = await deployment.Simulator.CountAsync("accepted");
        await deployment.Simulator.KafkaUpAsync();
        load.PostsAhead = false;

        await load.AcceptedAsync(load.Accepted.Count + 500);
        var balance = await Balance.OfAsync(deployment, await load.EndAsync());
        // The session ended meanwhile, so what could not be committed is begun again, and so is what was sent before the loss was noticed.
        balance.AssertHolds(duplicates: taken - committed + (4 * (Deployment.MaxInFlight + Deployment.QueuePushes)));
        Assert.Empty(deployment.Ledger.DeadLetters);
    }
}
