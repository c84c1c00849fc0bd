using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>Records that repeat earlier ones, through a whole worker.</summary>
public sealed class RepeatTests : IDisposable
{
    private const string Repeated = "dispatcher.kafka.records.repeated";
    private const string Conflicting = "dispatcher.kafka.records.conflicting";
    private const string TailReads = "dispatcher.kafka.tail.reads";
    private const string TailFailures = "dispatcher.kafka.tail.failures";

    private readonly LaneCluster _cluster = new();
    private readonly ScriptedProvider _provider = new();

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task A_push_that_lies_in_its_partition_twice_is_sent_once_and_has_one_result()
    {
        await using var worker = await TestWorker.StartAssignedAsync(_cluster, _provider);
        var push = Samples.Push();
        await ProduceAsync(push);
        await _provider.AnsweredAsync(1);

        var end = await ProduceAsync(push);
        await _cluster.CommittedAsync(end + 1);

        Assert.Equal(1, _provider.Came[push.Id]);
        Assert.Equal(1, worker.Counters[Repeated]);
        Assert.Equal(0, worker.Counters[Conflicting]);
        Assert.Single(await _cluster.ResultsAsync(1));
    }

    /// <summary>Trap: the watermark must not pass the first one because the second has been settled.</summary>
    [Fact]
    public async Task While_the_first_one_is_in_flight_the_repetition_settles_nothing_but_itself()
    {
        var gate = new Gate();
        _provider.Answer = async (_, abort) =>
        {
            await gate.PassAsync(abort);
            return ScriptedProvider.Accepted;
        };
        await using var worker = await TestWorker.StartAssignedAsync(_cluster, _provider);
        var push = Samples.Push();
        var first = await ProduceAsync(push);
        var second = await ProduceAsync(push);
        await Eventually.IsAsync(() => worker.Counters[Repeated] == 1, "the repetition was seen");

        Assert.InRange(await CommittedAsync(), 0, first);
        gate.Open();
        await _cluster.CommittedAsync(second + 1);
        Assert.Equal(1, _provider.Came[push.Id]);
    }

    [Fact]
    public async Task What_has_no_mark_is_sent_as_often_as_it_is_there()
    {
        await using var worker = await TestWorker.StartAssignedAsync(_cluster, _provider);
        var push = Samples.Push();
        var key = push.Id.ToByteArray();
        for (var i = 0; i < 3; i++)
            await _cluster.ProduceAsync(new Message<byte[]?, byte[]?> { Key = key, Value = Samples.Encode(push) });
        var end = await _cluster.ProduceAsync(new Message<byte[]?, byte[]?> { Key = new RepeatMark(push.Id, 1).ToMessage([]).Key, Value = Samples.Encode(push) });

        await _cluster.CommittedAsync(end + 1);

        Assert.Equal(4, _provider.Came[push.Id]);
        Assert.Equal((0, 0), (worker.Counters[Repeated], worker.Counters[TailReads]));
    }

    [Fact]
    public async Task A_replay_is_sent_although_it_has_the_mark_of_its_original()
    {
        await using var worker = await TestWorker.StartAssignedAsync(_cluster, _provider);
        var push = Samples.Push();
        await ProduceAsync(push);
        var replay = Message(push);
        replay.Headers!.Add("replay-id", "r1"u8.ToArray());
        var end = await _cluster.ProduceAsync(replay);

        await _cluster.CommittedAsync(end + 1);

        Assert.Equal(2, _provider.Came[push.Id]);
        Assert.Equal(0, worker.Counters[Repeated]);
    }

    [Fact]
    public async Task Another_request_under_the_same_key_is_not_sent_and_is_told()
    {
        await using var worker = await TestWorker.StartAssignedAsync(_cluster, _provider);
        var (push, other) = (Samples.Push(), Samples.Push());
        await ProduceAsync(push);
        var end = await _cluster.ProduceAsync(new RepeatMark(push.Id, 2).ToMessage(Samples.Encode(other)));

        await _cluster.CommittedAsync(end + 1);

        Assert.False(_provider.Came.ContainsKey(other.Id));
        Assert.Equal((1, 1), (worker.Counters[Repeated], worker.Counters[Conflicting]));
        Assert.True(worker.Log.Contain("has the idempotency key of another request"));
    }

    [Fact]
    public async Task A_worker_that_is_new_reads_back_what_the_former_one_sent()
    {
        var pushes = Enumerable.Range(0, 50).Select(_ => Samples.Push()).ToList();
        await using (await TestWorker.StartAssignedAsync(_cluster, _provider))
        {
            foreach (var push in pushes)
            {
                await ProduceAsync(push);
                await _cluster.ProduceAsync(1); // what has no mark lies in between
            }

            await _provider.AnsweredAsync(100);
            await _cluster.CommittedAsync(100);
        }

        await using var next = await TestWorker.StartAssignedAsync(_cluster, _provider);
        foreach (var push in pushes)
            await ProduceAsync(push);
        var fresh = Samples.Push();
        var end = await ProduceAsync(fresh);
        await _cluster.CommittedAsync(end + 1);

        Assert.All(pushes, push => Assert.Equal(1, _provider.Came[push.Id]));
        Assert.Equal(1, _provider.Came[fresh.Id]);
        Assert.Equal((50, 1, 0), (next.Counters[Repeated], next.Counters[TailReads], next.Counters[TailFailures]));
    }

    /// <summary>Trap: a worker dies with the first one in flight. What comes again is the first one, and its repetition is still one.</summary>
    [Fact]
    public async Task What_was_in_flight_when_the_former_worker_ended_is_sent_again_and_its_repetition_is_not()
    {
        var push = Samples.Push();
        var options = TestWorker.Quick();
        options.DrainTimeout = TimeSpan.FromSeconds(1);
        await ProduceAsync(push);
        var end = await ProduceAsync(push);
        _provider.Answer = async (_, abort) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, abort);
            return ScriptedProvider.Accepted;
        };
        await using (await TestWorker.StartAssignedAsync(_cluster, _provider, options))
            await _provider.CameAsync(push.Id);
        Assert.Equal(0, await CommittedAsync());

        _provider.Answer = (_, _) => Task.FromResult(ScriptedProvider.Accepted);
        await using var next = await TestWorker.StartAssignedAsync(_cluster, _provider);
        await _cluster.CommittedAsync(end + 1);

        Assert.Equal(2, _provider.Came[push.Id]);
        Assert.Equal(1, next.Counters[Repeated]);
    }

    /// <summary>Trap: retention has eaten the beginning of the tail; what is left of it counts.</summary>
    [Fact]
    public async Task A_tail_whose_beginning_was_deleted_is_read_from_where_it_begins()
    {
        var pushes = Enumerable.Range(0, 20).Select(_ => Samples.Push()).ToList();
        await using (await TestWorker.StartAssignedAsync(_cluster, _provider))
        {
            foreach (var push in pushes)
                await ProduceAsync(push);
            await _cluster.CommittedAsync(20);
        }

        _cluster.Kafka.DeleteRecords(_cluster.Topic, 0, 10);
        await using var next = await TestWorker.StartAssignedAsync(_cluster, _provider);
        foreach (var push in pushes)
            await ProduceAsync(push);
        await _cluster.CommittedAsync(40);

        Assert.Equal([.. Enumerable.Repeat(2, 10), .. Enumerable.Repeat(1, 10)], pushes.Select(push => _provider.Came[push.Id]));
        Assert.Equal((10, 0), (next.Counters[Repeated], next.Counters[TailFailures]));
    }

    [Fact]
    public async Task A_bound_of_no_keys_sends_every_repetition()
    {
        var options = TestWorker.Quick();
        options.RepeatKeys = 0;
        await using var worker = await TestWorker.StartAssignedAsync(_cluster, _provider, options);
        var push = Samples.Push();
        await ProduceAsync(push);
        await _cluster.CommittedAsync(await ProduceAsync(push) + 1);

        Assert.Equal(2, _provider.Came[push.Id]);
    }

    [Fact]
    public async Task As_many_records_as_keys_are_read_back()
    {
        var options = TestWorker.Quick();
        options.RepeatKeys = 5;
        var pushes = Enumerable.Range(0, 10).Select(_ => Samples.Push()).ToList();
        foreach (var push in pushes)
            await ProduceAsync(push);
        await using (await TestWorker.StartAssignedAsync(_cluster, _provider, options))
            await _cluster.CommittedAsync(10);

        await using var next = await TestWorker.StartAssignedAsync(_cluster, _provider, options);
        await ProduceAsync(pushes[9]); // offsets 5 to 9 are read for it
        await ProduceAsync(pushes[5]);
        await ProduceAsync(pushes[4]);
        await _cluster.CommittedAsync(13);

        Assert.Equal((1, 1, 2), (_provider.Came[pushes[9].Id], _provider.Came[pushes[5].Id], _provider.Came[pushes[4].Id]));
    }

    /// <summary>Partitions move while a stream repeats itself: each push is sent once, unless it was in flight at a rebalance.</summary>
    [Fact]
    public async Task A_rebalance_in_the_middle_forgets_no_key()
    {
        const int Partitions = 6, Pushes = 600;
        using var cluster = new LaneCluster(Partitions);
        var pushes = Enumerable.Range(0, Pushes).Select(_ => Samples.Push()).ToList();
        Task RepeatAsync() => Task.WhenAll(pushes.Select((push, i) => cluster.ProduceAsync(Message(push), i % Partitions)));
        await RepeatAsync();
        await using var first = await TestWorker.StartAssignedAsync(cluster, _provider);
        await cluster.CommittedAsync([.. Enumerable.Repeat(100L, Partitions)]);

        await using (var second = await TestWorker.StartAssignedAsync(cluster, _provider))
        {
            await Eventually.IsAsync(() => second.Log.Contain($"{cluster.Topic}/"), "the second worker has its share");
            await RepeatAsync();
            await cluster.CommittedAsync([.. Enumerable.Repeat(200L, Partitions)]);
            Assert.Equal(Pushes, first.Counters[Repeated] + second.Counters[Repeated]);
        }

        await RepeatAsync();
        await cluster.CommittedAsync([.. Enumerable.Repeat(300L, Partitions)]);
        Assert.All(pushes, push => Assert.Equal(1, _provider.Came[push.Id]));
    }

    private static Message<byte[]?, byte[]?> Message(PushNotification push) => new RepeatMark(push.Id, 1).ToMessage(Samples.Encode(push));

    private Task<long> ProduceAsync(PushNotification push) => _cluster.ProduceAsync(Message(push));

    private async Task<long> CommittedAsync() => (await _cluster.CommittedAsync())[0];
}
