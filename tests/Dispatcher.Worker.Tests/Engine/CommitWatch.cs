using Confluent.Kafka;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Tests.Engine;

/// <summary>
/// Invariant 1, at every look: whatever is committed, by an offset or beyond it, had its final answer before. Looks as often as Kafka
/// answers, until it is ended.
/// </summary>
internal sealed class CommitWatch : IAsyncDisposable
{
    private readonly LaneCluster _cluster;
    private readonly ILookup<int, ProducedPush> _pushes;
    private readonly ScriptedProvider _provider;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;
    private int _looks;

    public CommitWatch(LaneCluster cluster, IEnumerable<ProducedPush> pushes, ScriptedProvider provider)
    {
        _cluster = cluster;
        _pushes = pushes.ToLookup(push => push.Partition);
        _provider = provider;
        _watching = Task.Run(WatchAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
        Assert.True(_looks > 0, "nobody ever looked");
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        do
        {
            // First the commit, then the answers: an answer only ever comes, so the other order could hide a commit that came too early.
            if (await CommittedAsync() is not { } committed)
                continue;
            foreach (var partition in _pushes)
            {
                var (offset, settled) = committed[partition.Key];
                var beyond = settled?.Offsets.ToHashSet() ?? [];
                var early = partition.FirstOrDefault(push => (push.Offset < offset || beyond.Contains(push.Offset)) && !_provider.HasAnswered(push.Push.Id));
                Assert.True(early is null, $"{offset} of partition {partition.Key} is committed, but {early?.Offset} is not settled");
            }

            _looks++;
        }
        while (await ContinueAsync(timer));
    }

    private async Task<(long Offset, SettledBitmap? Settled)[]?> CommittedAsync()
    {
        try
        {
            return await _cluster.CommittedSparseAsync();
        }
        catch (KafkaException)
        {
            return null; // the coordinator is busy failing: look again
        }
    }

    private async Task<bool> ContinueAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_end.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
