using System.Collections.Concurrent;
using Dispatcher.Chaos.Stage;
using Dispatcher.EndToEnd.Tests.Stage;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>In-memory Kafka drops what is beyond 5 MiB of a partition, read or not. The API stops before that, as it does in <c>up</c>.</summary>
public sealed class BacklogTests
{
    private const int Services = 16;
    private const int TargetsPerPush = 250;

    /// <summary>Some 500 bytes each: more than twice what the two partitions of a lane hold.</summary>
    private const int Offered = 60_000;

    [Fact]
    public async Task Flat_out_without_workers_nothing_that_was_accepted_is_lost_and_with_them_the_lane_takes_pushes_again()
    {
        await using var deployment = await Deployment.StartAsync(new()
        {
            Workers = 0,
            Partitions = 2,
            ApiSettings = new Dictionary<string, string>
            {
                ["Backlog:MaxPartitionBytes"] = "4194304", // what `up` sets
                ["Backlog:BulkShare"] = "0.8",
                ["Kafka:Properties:compression.type"] = "none", // or in-memory Kafka held several times as much
            },
        });
        var accepted = new ConcurrentQueue<AcceptedPush>();
        var (next, refused) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, Services).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Add(ref next, TargetsPerPush) <= Offered)
            {
                var pushes = await PushAsync(deployment);
                foreach (var push in pushes)
                    accepted.Enqueue(push);
                if (pushes.Count == 0)
                    Interlocked.Increment(ref refused);
            }
        })));
        Assert.True(accepted.Count > 8_000 && refused > 0, $"{accepted.Count} accepted, {refused} requests refused");

        deployment.StartWorker();
        await Patience.UntilAsync(
            async () =>
            {
                var pushes = await PushAsync(deployment);
                foreach (var push in pushes)
                    accepted.Enqueue(push);
                return pushes.Count > 0;
            },
            () => "the lane takes nothing although workers run");

        (await Balance.OfAsync(deployment, accepted)).AssertHolds();
        Assert.Empty(deployment.Ledger.DeadLetters);
    }

    private static Task<IReadOnlyList<AcceptedPush>> PushAsync(Deployment deployment) =>
        deployment.Api.PushAsync([.. Enumerable.Range(0, TargetsPerPush).Select(_ => (Deployment.Ios, Load.Token(Deployment.Ios)))]);
}
