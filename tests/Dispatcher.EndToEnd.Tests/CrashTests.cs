using System.Globalization;
using System.Text.RegularExpressions;
using Dispatcher.Chaos.Stage;
using Dispatcher.EndToEnd.Tests.Stage;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>Workers die, hang and are replaced under load. Invariants 2 and 3: nothing is missing, and only what was not committed comes twice.</summary>
public sealed class CrashTests
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task A_worker_that_is_killed_costs_duplicates_of_what_it_had_not_committed_and_nothing_else()
    {
        await using var deployment = await Deployment.StartAsync(new() { Workers = 2, Latency = Latency });
        var load = new Load(deployment);
        await deployment.Ledger.SettledAsync(1_500);

        var committed = deployment.Ledger.Committed();
        await deployment.Worker(0).KillAsync();
        var taken = await deployment.Simulator.CountAsync("accepted");

        await load.AcceptedAsync(load.Accepted.Count + 1_500);
        var balance = await Balance.OfAsync(deployment, await load.EndAsync());
        balance.AssertHolds(duplicates: taken - committed + (4 * Deployment.MaxInFlight));
    }

    /// <summary>Pushes that hang keep every partition's commit where it is; what is settled behind them is in the commit's metadata.</summary>
    [Fact]
    public async Task A_worker_with_sparse_commits_that_is_killed_behind_pushes_that_hang_costs_one_interval()
    {
        const string hanging = "hangs"; // to FCM: a new connection to APNs takes no second push before the first is answered
        await using var deployment = await Deployment.StartAsync(new()
        {
            Latency = Latency,
            WorkerSettings = new Dictionary<string, string> { ["Worker:SparseCommits"] = "true" },
        });
        await deployment.Simulator.BreakProvidersAsync(new { kind = "stall", tokenPrefix = hanging });
        var stuck = new List<AcceptedPush>();
        for (var i = 0; i < 2 * deployment.Options.Partitions; i++)
            stuck.AddRange(await deployment.Api.PushAsync([(Deployment.Android, hanging + Load.Token(Deployment.Android))], "urgent"));
        var load = await new Load(deployment, pushes: 2_000).EndedAsync();
        await deployment.Ledger.SettledAsync(load);

        await deployment.Worker(0).KillAsync();
        var taken = await deployment.Simulator.CountAsync("accepted");
        var committed = deployment.Ledger.Committed();
        await deployment.Simulator.RepairProvidersAsync();
        var next = await deployment.AddWorkerAsync();
        var balance = await Balance.OfAsync(deployment, [.. stuck, .. load]);
        var beyond = next.Lines.Sum(line => Regex.Match(line, @": (\d+) pushes beyond the commit") is { Success: true } match
            ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : 0);

        Assert.InRange(beyond, 1, taken - committed);
        balance.AssertHolds(duplicates: taken - committed - beyond);
    }

    /// <summary>Longer than its session: the group has given its partitions away, and when it wakes it must not disturb the new owner.</summary>
    [Fact]
    public async Task A_worker_that_hangs_past_its_session_loses_nothing_when_it_wakes()
    {
        await using var deployment = await Deployment.StartAsync(new() { Workers = 2, Latency = Latency });
        var load = new Load(deployment);
        await deployment.Ledger.SettledAsync(1_000);

        var committed = deployment.Ledger.Committed();
        await deployment.Worker(0).FreezeAsync();
        var before = (await load.EndAsync()).ToList();
        await deployment.Ledger.SettledAsync(before); // by the other worker, once the session is over
        var taken = await deployment.Simulator.CountAsync("accepted");
        await deployment.Worker(0).ThawAsync();

        var after = await new Load(deployment, pushes: 1_000).EndedAsync();
        var balance = await Balance.OfAsync(deployment, [.. before, .. after]);
        balance.AssertHolds(duplicates: taken - committed + (4 * Deployment.MaxInFlight));
    }

    /// <summary>
    /// Each worker finishes what it began. In-memory Kafka, unlike a real one, refuses commits for as long as a rebalance takes, so what was
    /// settled meanwhile may come again; against a real one, nothing does.
    /// </summary>
    [Fact]
    public async Task A_rolling_restart_loses_nothing_and_every_worker_ends_cleanly()
    {
        await using var deployment = await Deployment.StartAsync(new() { Workers = 2, Latency = Latency });
        var load = new Load(deployment);
        await deployment.Ledger.SettledAsync(500);
        var committed = deployment.Ledger.Committed();

        foreach (var index in (int[])[0, 1])
        {
            await deployment.AddWorkerAsync();
            await deployment.Worker(index).TerminateAsync();
            Assert.Equal(0, await deployment.Worker(index).ExitedAsync());
            Assert.Contains(deployment.Worker(index).Lines, line => line.Contains("Stopped after", StringComparison.Ordinal));
            Assert.DoesNotContain(deployment.Worker(index).Lines, line => line.Contains("still in flight", StringComparison.Ordinal));
        }

        var taken = await deployment.Simulator.CountAsync("accepted");
        await load.AcceptedAsync(load.Accepted.Count + 500);
        (await Balance.OfAsync(deployment, await load.EndAsync())).AssertHolds(duplicates: taken - committed);
    }
}
