using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests.Dispatching;

/// <summary>Pushes for later that are cancelled: they end, and nobody gets them.</summary>
public sealed class CancelledPushTests : IDisposable
{
    private readonly LaneCluster _cluster = new();
    private readonly ScriptedProvider _provider = new();

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task A_push_cancelled_while_it_waits_in_a_delay_tier_is_not_sent()
    {
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        var pushes = await _cluster.ProduceAsync(10, _ => Scheduled(TimeSpan.FromSeconds(4)));
        await _cluster.CommittedAllAsync(pushes); // all are in a tier
        var cancelled = pushes.Take(5).Select(push => push.Push).ToList();
        foreach (var push in cancelled)
            await CancelAsync(push);

        var results = await _cluster.ResultsAsync(10);

        AssertCancelled(cancelled, results);
        Assert.Equal(5, results.Count(result => result.Outcome == OutcomeKind.Accepted));
        Assert.All(
            results.Where(result => result.Outcome == OutcomeKind.Accepted),
            result => Assert.True(result.SettledAt >= pushes.First(push => push.Push.Id == result.Id).Push.SendAt, "it was sent early"));
        Assert.Empty(_provider.Came.Keys.Intersect(cancelled.Select(push => push.Id)));
        Assert.All(_provider.Came.Values, times => Assert.Equal(1, times));
        Assert.Equal(0, worker.Counters["dispatcher.schedule.unconfirmed"]);
    }

    [Fact]
    public async Task A_push_cancelled_on_its_way_to_the_worker_ends_before_it_is_due()
    {
        var push = Scheduled(TimeSpan.FromDays(20));
        await CancelAsync(push);
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        await FollowedAsync(worker);

        await _cluster.ProduceAsync(1, _ => push);

        AssertCancelled([push], await _cluster.ResultsAsync(1));
        Assert.Equal(0, _cluster.Count(_cluster.Options.Topics.Delays.Topics[1]));
    }

    /// <summary>Nobody worked when it was due. The worker that starts now first reads what is cancelled.</summary>
    [Fact]
    public async Task A_worker_that_starts_late_knows_what_was_cancelled_before()
    {
        var pushes = await _cluster.ProduceAsync(50, _ => Scheduled(TimeSpan.FromHours(-5)));
        for (var i = 0; i < 2_000; i++)
            _ = CancelAsync(Scheduled(TimeSpan.FromDays(1)));
        var cancelled = pushes.Take(25).Select(push => push.Push).ToList();
        foreach (var push in cancelled)
            await CancelAsync(push);

        await using var worker = await TestWorker.StartAsync(_cluster, _provider);

        AssertCancelled(cancelled, await _cluster.ResultsAsync(50));
        Assert.Equal(25, _provider.Came.Count);
    }

    [Fact]
    public async Task A_record_that_cancels_nothing_harms_nobody()
    {
        var (scheduled, now) = (Scheduled(TimeSpan.FromSeconds(-1)), Samples.Push());
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        await ProduceAsync("no JSON"u8.ToArray());
        await ProduceAsync(null);
        await CancelAsync(now); // what is not for later cannot be cancelled
        await CancelAsync(Scheduled(TimeSpan.FromSeconds(1)));
        await ProduceAsync(new ScheduledPushes(scheduled.Id, "rival", scheduled.SendAt!.Value, [scheduled.Id]).ToJson()); // callers may choose ids

        await _cluster.ProduceAsync(2, index => index == 0 ? scheduled : now);

        Assert.All(await _cluster.ResultsAsync(2), result => Assert.Equal(OutcomeKind.Accepted, result.Outcome));
    }

    private static PushNotification Scheduled(TimeSpan ahead) => TimeProvider.System.GetUtcNow() is var now && ahead < TimeSpan.Zero
        ? Samples.Push() with { AcceptedAt = now + ahead - TimeSpan.FromMinutes(1), SendAt = now + ahead }
        : Samples.Push() with { SendAt = now + ahead };

    private static void AssertCancelled(IEnumerable<PushNotification> pushes, IReadOnlyList<PushResult> results)
    {
        foreach (var push in pushes)
        {
            var result = Assert.Single(results, result => result.Id == push.Id);
            Assert.Equal((OutcomeKind.Cancelled, 0, false, null), (result.Outcome, result.Attempts, result.DeadLettered, result.Reason));
        }
    }

    private static Task FollowedAsync(TestWorker worker) => Eventually.IsAsync(() => worker.HasCaughtUp, "what is cancelled has been read");

    private Task<long> CancelAsync(PushNotification push) => ProduceAsync(new ScheduledPushes(push.Id, "shop", push.SendAt ?? push.AcceptedAt, [push.Id]).ToJson());

    private Task<long> ProduceAsync(byte[]? value) => _cluster.ProduceAsync(
        _cluster.Options.Topics.Cancels, new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes("key"), Value = value });
}
