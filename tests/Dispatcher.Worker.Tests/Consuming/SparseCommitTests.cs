using System.Text;
using Dispatcher.Simulator.Kafka;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>
/// Invariant 3 with sparse commits: a crash costs what was settled since the last commit, however long the oldest push hangs. A crash is
/// a worker whose commits reach nobody any more.
/// </summary>
public sealed class SparseCommitTests : IDisposable
{
    private const int Pushes = 300;
    private const string Skipped = "dispatcher.kafka.records.skipped";
    private static readonly int[] NoMoreCommits = [.. Enumerable.Repeat(30, 500)]; // GROUP_AUTHORIZATION_FAILED: nobody tries those again

    private readonly LaneCluster _cluster = new();
    private readonly ScriptedProvider _provider = new();
    private readonly HashSet<Guid> _hanging = [];

    public SparseCommitTests() => _provider.Answer = async (push, abort) =>
    {
        if (_hanging.Contains(push.Id) && _provider.Came[push.Id] == 1)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, abort);
        return ScriptedProvider.Accepted;
    };

    public void Dispose() => _cluster.Dispose();

    [Theory]
    [InlineData("classic")]
    [InlineData("consumer")]
    public async Task After_a_crash_behind_a_push_that_hangs_only_that_push_is_sent_again(string groupProtocol)
    {
        _cluster.Options.GroupProtocol = groupProtocol;
        var pushes = await ProduceAsync(hangs: 0);
        await using (var watch = new CommitWatch(_cluster, pushes, _provider))
        {
            await using (await TestWorker.StartAsync(_cluster, _provider, Sparse()))
            {
                await _cluster.SettledBeyondAsync(Pushes - 1);
                CutOff();
            }

            await using var second = await TakeOverAsync(pushes);
            Assert.Equal(Pushes - 1, second.Counters[Skipped]);
        }

        Assert.All(pushes, push => Assert.Equal(_hanging.Contains(push.Push.Id) ? 2 : 1, _provider.Came[push.Push.Id]));
    }

    [Fact]
    public async Task Without_sparse_commits_everything_behind_the_push_that_hangs_is_sent_again()
    {
        var pushes = await ProduceAsync(hangs: 0);
        var options = Sparse();
        options.SparseCommits = false;
        await using (await TestWorker.StartAsync(_cluster, _provider, options))
        {
            await _provider.AnsweredAsync(Pushes - 1);
            CutOff();
        }

        await using var second = await TakeOverAsync(pushes, options);

        Assert.Equal(0, second.Counters[Skipped]);
        Assert.All(pushes, push => Assert.Equal(2, _provider.Came[push.Push.Id]));
    }

    /// <summary>What is settled while a commit is on its way, and what is not committed at all, is sent again; nothing else, and nothing is lost.</summary>
    [Fact]
    public async Task After_a_crash_under_load_what_the_last_commit_says_is_not_sent_again()
    {
        var pushes = await ProduceAsync(hangs: 40);
        HashSet<long> committed = [];
        await using (await TestWorker.StartAsync(_cluster, _provider, Sparse()))
        {
            await _provider.AnsweredAsync(Pushes / 2);
            CutOff();
        }

        var (offset, settled) = (await _cluster.CommittedSparseAsync())[0];
        committed.UnionWith(settled?.Offsets ?? []);
        await using var second = await TakeOverAsync(pushes);

        Assert.InRange(offset, 0, 40);
        Assert.Equal(committed.Count, second.Counters[Skipped]);
        Assert.All(
            pushes.Where(push => push.Offset < offset || committed.Contains(push.Offset)), push => Assert.Equal(1, _provider.Came[push.Push.Id]));
    }

    [Fact]
    public async Task A_second_crash_before_everything_was_read_again_forgets_nothing()
    {
        var pushes = await ProduceAsync(hangs: 0);
        await using (await TestWorker.StartAsync(_cluster, _provider, Sparse()))
        {
            await _cluster.SettledBeyondAsync(Pushes - 1);
            CutOff();
        }

        _cluster.Kafka.ClearFailures();
        _hanging.Add(pushes[0].Push.Id);
        _provider.Answer = async (_, abort) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, abort);
            return ScriptedProvider.Accepted;
        };
        await using (var second = await TestWorker.StartAsync(_cluster, _provider, Sparse()))
            await Eventually.IsAsync(() => _provider.Came[pushes[0].Push.Id] == 2, "the push that hangs is back");
        await _cluster.SettledBeyondAsync(Pushes - 1);

        _provider.Answer = (_, _) => Task.FromResult(ScriptedProvider.Accepted);
        await using var third = await TakeOverAsync(pushes);
        Assert.All(pushes.Skip(1), push => Assert.Equal(1, _provider.Came[push.Push.Id]));
    }

    /// <summary>The last commit is made while the consumer closes, which sends greater offsets by itself and nothing else.</summary>
    [Fact]
    public async Task A_worker_that_stops_leaves_word_of_what_it_settled_beyond_a_push_that_hangs()
    {
        var options = Sparse();
        options.StoreInterval = TimeSpan.FromSeconds(5); // only the last store counts
        var pushes = await ProduceAsync(hangs: 10);
        await using (await TestWorker.StartAsync(_cluster, _provider, options))
            await _provider.AnsweredAsync(Pushes - 1);

        var (offset, settled) = (await _cluster.CommittedSparseAsync())[0];
        Assert.Equal(10, offset);
        Assert.Equal(Enumerable.Range(11, Pushes - 11).Select(index => (long)index), settled?.Offsets ?? []);
        await using var second = await TakeOverAsync(pushes);
        Assert.All(pushes, push => Assert.Equal(_hanging.Contains(push.Push.Id) ? 2 : 1, _provider.Came[push.Push.Id]));
    }

    [Fact]
    public async Task A_partition_that_moves_takes_along_what_is_settled_behind_a_push_that_outlasts_the_drain()
    {
        using var cluster = new LaneCluster(partitions: 2);
        var options = Sparse();
        var pushes = await cluster.ProduceAsync(Pushes);
        _hanging.UnionWith(pushes.Take(2).Select(push => push.Push.Id));
        await using var first = await TestWorker.StartAssignedAsync(cluster, _provider, options);
        await Eventually.GetAsync(
            cluster.CommittedSparseAsync,
            committed => committed.All(partition => partition.Settled?.Count == (Pushes / 2) - 1),
            "what is settled beyond the commits",
            committed => string.Join(", ", committed.Select(partition => $"{partition.Settled?.Count}")));

        await using var second = await TestWorker.StartAssignedAsync(cluster, _provider, options);
        await Eventually.IsAsync(() => pushes.Take(2).Any(push => _provider.HasAnswered(push.Push.Id)), "the new owner has sent what hung");

        Assert.All(pushes.Skip(2), push => Assert.Equal(1, _provider.Came[push.Push.Id]));
    }

    /// <summary>Trap: librdkafka's own commits send greater offsets only, so nobody else would make up for a refused one of ours.</summary>
    [Fact]
    public async Task A_commit_that_was_refused_is_made_again_although_nothing_has_changed_since()
    {
        await using var worker = await TestWorker.StartAssignedAsync(_cluster, _provider, Sparse());
        _cluster.Kafka.FailNext(KafkaApi.OffsetCommit, 30, 30, 30);

        await ProduceAsync(hangs: 0);
        await _provider.AnsweredAsync(Pushes - 1);

        await _cluster.SettledBeyondAsync(Pushes - 1);
        await Eventually.IsAsync(() => worker.Counters["dispatcher.kafka.commit.failures"] == 3, "the refusals were counted");
    }

    /// <summary>A broker's <c>offset.metadata.max.bytes</c> may be lower: an offset without metadata is better than none.</summary>
    [Fact]
    public async Task Where_Kafka_takes_no_metadata_of_that_length_offsets_are_committed_without()
    {
        await using var worker = await TestWorker.StartAssignedAsync(_cluster, _provider, Sparse());
        _cluster.Kafka.FailNext(KafkaApi.OffsetCommit, 12); // OFFSET_METADATA_TOO_LARGE

        await ProduceAsync(hangs: 10);
        await _provider.AnsweredAsync(Pushes - 1);

        await Eventually.IsAsync(() => worker.Log.Contain("offset.metadata.max.bytes"), "it says so");
        await Eventually.GetAsync(
            _cluster.CommittedSparseAsync, committed => committed[0] is (10, null), "what is committed", committed => $"{committed[0]}");
    }

    /// <summary>Invariant 6: whatever else stands there, the partition is replayed, and the worker goes on.</summary>
    [Theory]
    [InlineData("another tool was here")]
    [InlineData("settled/2:AAAA")]
    [InlineData("settled/1:AAAA")]
    public async Task Foreign_metadata_means_a_replay(string metadata)
    {
        await _cluster.CommitAsync(0, Encoding.UTF8.GetBytes(metadata));
        var pushes = await ProduceAsync(hangs: -1);

        await using var worker = await TakeOverAsync(pushes);

        Assert.True(worker.Log.Contain("is ignored"), "it says that it could not read the metadata");
        Assert.All(pushes, push => Assert.Equal(1, _provider.Came[push.Push.Id]));
    }

    /// <summary>Traps of parallel-consumer: #409, the log is not what it was; #894, what is beyond the end was taken for settled.</summary>
    [Fact]
    public async Task Records_that_are_not_where_the_commit_says_are_all_sent()
    {
        var settled = new SettledBitmap(Pushes + 100, epoch: int.MaxValue, [.. Enumerable.Repeat(ulong.MaxValue, PartitionTracker.Window / 64)]);
        await _cluster.CommitAsync(Pushes + 100, settled.Encode());
        var pushes = await ProduceAsync(hangs: -1);

        await using var worker = await TestWorker.StartAsync(_cluster, _provider, Sparse()); // starts at the beginning: the commit is out of range

        await _provider.AnsweredAsync(Pushes);
        Assert.Equal(0, worker.Counters[Skipped]);
    }

    /// <summary>Offsets alone do not say which record is meant: after an unclean election another leader may have written others there.</summary>
    [Fact]
    public async Task Records_of_a_later_leader_than_the_commit_knew_are_all_sent()
    {
        await _cluster.CommitAsync(0, new SettledBitmap(0, epoch: -1, [.. Enumerable.Repeat(ulong.MaxValue, 4)]).Encode());
        var pushes = await ProduceAsync(hangs: -1);

        await using var worker = await TakeOverAsync(pushes);

        Assert.Equal(0, worker.Counters[Skipped]);
        Assert.All(pushes, push => Assert.Equal(1, _provider.Came[push.Push.Id]));
    }

    private static WorkerOptions Sparse()
    {
        var options = TestWorker.Quick();
        options.SparseCommits = true;
        (options.DrainTimeout, options.RevokeTimeout) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(50));
        return options;
    }

    private async Task<IReadOnlyList<ProducedPush>> ProduceAsync(int hangs)
    {
        var pushes = Enumerable.Range(0, Pushes).Select(_ => Samples.Push()).ToList();
        if (hangs >= 0)
            _hanging.Add(pushes[hangs].Id);
        return await _cluster.ProduceAsync(Pushes, index => pushes[index]);
    }

    private void CutOff() => _cluster.Kafka.FailNext(KafkaApi.OffsetCommit, NoMoreCommits);

    /// <summary>The next worker, once it has settled everything.</summary>
    private async Task<TestWorker> TakeOverAsync(IReadOnlyList<ProducedPush> pushes, WorkerOptions? options = null)
    {
        _cluster.Kafka.ClearFailures();
        var worker = await TestWorker.StartAsync(_cluster, _provider, options ?? Sparse());
        await _cluster.CommittedAllAsync(pushes);
        Assert.All(pushes, push => Assert.True(_provider.HasAnswered(push.Push.Id)));
        return worker;
    }
}
