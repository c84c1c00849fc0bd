using Dispatcher.Chaos.Stage;
using Dispatcher.EndToEnd.Tests.Stage;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>The same requests over and over, to whichever instance, while partitions move from worker to worker.</summary>
public sealed class IdempotencyTests
{
    private const int Requests = 40;
    private const int Times = 50;

    [Fact]
    public async Task What_is_asked_for_fifty_times_is_sent_once_across_instances_workers_and_a_rebalance()
    {
        await using var deployment = await Deployment.StartAsync(new() { Workers = 2 });
        var second = await deployment.AddApiAsync();
        var requests = Enumerable.Range(0, Requests).Select(i => new Request($"order {i}", i % 3 == 0 ? "bulk" : "urgent")).ToList();

        // Half at one instance, half at the other, all at once: each instance publishes once, and of the two the workers send one.
        var first = await RepeatAsync(requests, Times, deployment.Api, second);
        await CommittedAsync(deployment, 2 * 2 * Requests);
        await ExactlyOnceAsync(deployment, first);

        // An instance that knows of nothing, while a worker comes and another goes.
        var third = await deployment.AddApiAsync();
        var joining = deployment.AddWorkerAsync();
        var again = await RepeatAsync(requests, Times, third);
        await joining;
        await deployment.Worker(0).TerminateAsync();
        Assert.Equal(0, await deployment.Worker(0).ExitedAsync());
        await CommittedAsync(deployment, 3 * 2 * Requests);

        // One that was killed had no time for last words; what it had sent is in the log all the same.
        await deployment.Worker(1).KillAsync();
        var fourth = await deployment.AddApiAsync();
        var oncemore = await RepeatAsync(requests, Times, fourth);
        await CommittedAsync(deployment, 4 * 2 * Requests);

        Assert.Equal(first, again);
        Assert.Equal(first, oncemore);
        await ExactlyOnceAsync(deployment, first);
        (await Balance.OfAsync(deployment, first)).AssertHolds(duplicates: 0);
    }

    /// <summary>Sends each request so often, all at once, spread over the instances.</summary>
    /// <returns>The pushes that were promised: the same, whoever is asked.</returns>
    private static async Task<List<AcceptedPush>> RepeatAsync(List<Request> requests, int times, params PushApi[] apis)
    {
        var answers = await Task.WhenAll(requests.Select(request => Task.WhenAll(Enumerable.Range(0, times).Select(
            i => apis[i % apis.Length].PushAsync(request.Targets, request.Class, key: request.Key)))));
        Assert.All(answers, same => Assert.All(same, answer => Assert.Equal(same[0], answer)));
        return [.. answers.SelectMany(same => same[0])];
    }

    private static Task CommittedAsync(Deployment deployment, int records) => Patience.UntilAsync(
        () => deployment.Ledger.Committed() >= records, () => $"{deployment.Ledger.Committed()} of {records} records are settled");

    private static async Task ExactlyOnceAsync(Deployment deployment, List<AcceptedPush> pushes)
    {
        await deployment.Ledger.SettledAsync(pushes);
        var taken = await deployment.Simulator.AcceptedAsync();
        Assert.Equal(2 * Requests, pushes.Select(push => push.Id).Distinct().Count());
        Assert.All(pushes, push => Assert.Equal(1, taken[push.Token]));
        Assert.All(pushes, push => Assert.Single(deployment.Ledger.Of(push)));
        Assert.Equal(pushes.Count, taken.Count);
    }

    private sealed record Request(string Key, string Class)
    {
        public IReadOnlyList<(string App, string Token)> Targets { get; } =
            [(Deployment.Ios, Load.Token(Deployment.Ios)), (Deployment.Android, Load.Token(Deployment.Android))];
    }
}
