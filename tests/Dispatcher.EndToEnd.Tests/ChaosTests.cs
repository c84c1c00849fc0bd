using Dispatcher.Chaos.Books;
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
        var verdict = await RunAsync(runsLeft: 3);

        Assert.True(verdict.Holds, string.Join('\n', verdict.Lines()));
        Assert.Equal(3, verdict.Workers.Count(worker => worker.IsKilled));
        Assert.Equal(20_000, verdict.Balance.Ends.Values.Sum(), 200.0); // whole requests
    }

    /// <summary>
    /// In-memory Kafka is librdkafka's mock, whose process has been seen to die as its brokers came back. A run that loses a whole program proves
    /// nothing and is begun anew; one that ends is judged as it is.
    /// </summary>
    private async Task<Verdict> RunAsync(int runsLeft)
    {
        try
        {
            return await new ChaosRun(new ChaosOptions(Pushes: 20_000, Kills: 3, Seed: 1, Rate: 700), output.WriteLine).RunAsync();
        }
        catch (HttpRequestException e) when (runsLeft > 1)
        {
            output.WriteLine($"begun anew: {e.Message}");
        }

        return await RunAsync(runsLeft - 1);
    }
}
