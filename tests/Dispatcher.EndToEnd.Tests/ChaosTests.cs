using Dispatcher.Chaos.Troubles;
using Xunit.Abstractions;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>
/// Everything at once: invariants 1, 2, 3, 10 and 12. The short form of <c>./build.sh chaos</c>; to repeat what failed, give that one the seed.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Whatever_befalls_workers_Kafka_and_providers_every_push_ends_where_it_belongs()
    {
        var verdict = await new ChaosRun(new ChaosOptions(Pushes: 20_000, Kills: 3, Seed: 1, Rate: 700), output.WriteLine).RunAsync();

        Assert.True(verdict.Holds, string.Join('\n', verdict.Lines()));
        Assert.Equal(3, verdict.Workers.Count(worker => worker.IsKilled));
        Assert.Equal(20_000, verdict.Balance.Ends.Values.Sum(), 200.0); // whole requests
    }
}
