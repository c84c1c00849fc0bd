using System.Security.Cryptography;
using Confluent.Kafka;
using Dispatcher.Cli.DeadLetters.Replaying;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Simulator.Kafka;

namespace Dispatcher.Cli.Tests.DeadLetters.Replaying;

/// <summary>Runs that do not come to their end, and two at once.</summary>
public sealed class ReplayTroubleTests : IDisposable
{
    private static readonly string Replay = ReplayId.Of("push", []);
    private static readonly ReplayRule Rule = new(TakesExpired: false, MaxReplays: 3);

    private readonly ReplayStage _stage = new();

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task What_was_sent_after_the_last_commit_is_found_on_the_lanes_also_behind_much_else()
    {
        _stage.Die(Letters(0..9)); // three in each partition
        SentBy(Replay, 0); // of the first partition, and covered by the commit
        await CommitAsync(isOpen: true, position: 1, lane: 0);
        SentBy("another", 6);
        SentBy(Replay, 7);
        _stage.Put("push.apns.urgent", 1, new Message<byte[]?, byte[]?> { Value = "no push"u8.ToArray() });

        var run = await _stage.ReplayAsync();
        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains("the last run did not end", run.Out, StringComparison.Ordinal);
        Assert.Contains("5 sent again", run.Out, StringComparison.Ordinal); // 3, 4, 5, 6, 8
        Assert.Contains("1 had been sent by the run that did not end", run.Out, StringComparison.Ordinal);
        Assert.Equal("Nothing to send.", (await _stage.ReplayAsync()).Out.Trim().Split('\n')[^1]);
    }

    [Fact]
    public async Task Where_the_lanes_have_forgotten_it_stops_unless_it_is_forced()
    {
        _stage.Die(Letters(0..3));
        await CommitAsync(isOpen: true, position: 0, lane: 0);
        var filler = new Message<byte[]?, byte[]?> { Value = RandomNumberGenerator.GetBytes(900_000) }; // nothing to compress
        for (var i = 0; i < 8; i++)
            _stage.Put("push.fcm.bulk", 0, filler); // in-memory Kafka keeps 5 MiB

        var run = await _stage.ReplayAsync();
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains("Kafka has deleted what push.fcm.bulk/0 held", run.Error, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Success, (await _stage.ReplayAsync("--force")).Code);
        Assert.Contains(ReplayStage.Id(2), _stage.Lanes().Where(record => record.Message.Value!.Length < 900_000).Select(record => ReplayStage.Decode(record).Id));
    }

    [Fact]
    public async Task Ctrl_C_commits_what_arrived_and_says_how_to_go_on()
    {
        _stage.Die(Letters(0..50));
        using var stop = new CancellationTokenSource();
        var running = Task.Run(() => _stage.ReplayAsync(stop.Token, "--rate", "20/s"));
        while (_stage.OnLanes() < 5)
            await Task.Yield();
        await stop.CancelAsync();
        var run = await running;
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.EndsWith($"To go on: dispatcher dead-letters replay --kafka {_stage.Cluster.BootstrapServers} --yes --rate 20/s --replay-id {Replay}\n", run.Out, StringComparison.Ordinal);
        Assert.InRange(_stage.OnLanes(), 5, 49);

        var rest = await _stage.ReplayAsync("--replay-id", Replay);
        Assert.DoesNotContain("did not end", rest.Out, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 50).Select(ReplayStage.Id).Order(), _stage.Sent());
    }

    [Fact]
    public async Task A_second_run_is_refused_while_one_is_at_work()
    {
        _stage.Die(Letters(0..200));
        using var stop = new CancellationTokenSource();
        var running = Task.Run(() => _stage.ReplayAsync(stop.Token, "--rate", "20/s"));
        while (_stage.OnLanes() < 5)
            await Task.Yield();

        var second = await _stage.ReplayAsync();
        Assert.Equal(ExitCode.Failure, second.Code);
        Assert.Contains("another run of the replay", second.Error, StringComparison.Ordinal);
        await stop.CancelAsync();
        await running;
        await _stage.ReplayAsync();
        Assert.Equal(Enumerable.Range(0, 200).Select(ReplayStage.Id).Order(), _stage.Sent());
    }

    [Fact]
    public async Task Of_two_that_begin_at_the_same_moment_one_sends()
    {
        _stage.Die(Letters(0..60));
        var both = await Task.WhenAll(Task.Run(() => _stage.ReplayAsync("--rate", "40/s")), Task.Run(() => _stage.ReplayAsync("--rate", "40/s")));
        Assert.Single(both, run => run.Code == ExitCode.Success);
        Assert.Equal(Enumerable.Range(0, 60).Select(ReplayStage.Id).Order(), _stage.Sent());
    }

    [Fact]
    public async Task What_a_run_does_not_read_stays_as_it_was()
    {
        _stage.Die(Letters(0..6));
        await _stage.ReplayAsync();
        var gone = new Confluent.Kafka.TopicPartition("push.apns.dead", 1);
        using var group = new ReplayGroup(_stage.Connection, Replay);
        var before = ReplayBookmark.Decode((await group.ReadAsync([gone]))[gone].Metadata)!.History;

        using var hold = new ReplayHold(_stage.Connection, group, [Provider.Apns], Replay, ReplayId.Hash("push", []), Rule with { TakesExpired = true }, ReplayStage.Now, TimeProvider.System);
        var state = await hold.ReadAsync();
        await hold.TakeAsync(state, [new Cli.DeadLetters.ScanRange(new("push.apns.dead", 0), 0, 2)], isForced: false, CancellationToken.None);
        Assert.True(await hold.CommitAsync(isLast: true));
        Assert.Equal(before.Passes, ReplayBookmark.Decode((await group.ReadAsync([gone]))[gone].Metadata)!.History.Passes);
    }

    [Fact]
    public async Task A_run_whose_name_no_longer_stands_stops_and_commits_nothing()
    {
        _stage.Die(Letters(0..200));
        var running = Task.Run(() => _stage.ReplayAsync("--rate", "20/s"));
        while (_stage.OnLanes() < 5)
            await Task.Yield();
        await CommitAsync(isOpen: true, position: 0, lane: 0);

        var run = await running;
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains("another run of the replay", run.Out, StringComparison.Ordinal);
        Assert.InRange(_stage.OnLanes(), 5, 150);
        await _stage.ReplayAsync();
        Assert.Equal(Enumerable.Range(0, 200).Select(ReplayStage.Id).Order(), _stage.Sent());
    }

    [Fact]
    public async Task When_kafka_refuses_for_a_while_the_lanes_are_asked_and_the_rest_is_sent()
    {
        _stage.Die(Letters(0..100));
        // Not retriable for the client: each of these is an answer that nothing was written.
        _stage.Cluster.FailNext(KafkaApi.Produce, 29, 29); // TOPIC_AUTHORIZATION_FAILED
        var run = await _stage.ReplayAsync();
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Assert.Equal(Enumerable.Range(0, 100).Select(ReplayStage.Id).Order(), _stage.Sent());
    }

    [Fact]
    public async Task What_kafka_refuses_for_good_is_counted_and_left_behind()
    {
        _stage.Die(Letter(0));
        _stage.Cluster.FailNext(KafkaApi.Produce, 87); // INVALID_RECORD
        var run = await _stage.ReplayAsync();
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains("Failed: 1, refused by Kafka: InvalidRecord.", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_topic_that_was_made_anew_is_not_taken_for_done()
    {
        _stage.Die(Letter(0));
        await CommitAsync(isOpen: false, position: 500, lane: 0);
        var run = await _stage.ReplayAsync();
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains("was made anew", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offsets_that_another_version_committed_are_not_guessed_at()
    {
        _stage.Die(Letter(0));
        using var group = new ReplayGroup(_stage.Connection, Replay);
        await group.CommitAsync([(new TopicPartition("push.apns.dead", 0), new GroupOffset(1, "9 new"))]);
        var run = await _stage.ReplayAsync();
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains("give another --replay-id", run.Error, StringComparison.Ordinal);
    }

    /// <summary>What a run of this replay commits that has sent everything before a position of each partition.</summary>
    private async Task CommitAsync(bool isOpen, long position, long lane)
    {
        using var group = new ReplayGroup(_stage.Connection, Replay);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(ReplayStage.Now.AddHours(-1).ToUnixTimeMilliseconds());
        var history = ReplayHistory.None.With(new ReplayPass(0, position, at, Rule));
        var bookmark = new ReplayBookmark("killed", isOpen, at, ReplayId.Hash("push", []), at, Rule, history).Encode();
        var partitions = Enumerable.Range(0, _stage.Partitions);
        await group.CommitAsync(
        [
            .. partitions.Select(partition => (new TopicPartition("push.apns.dead", partition), new GroupOffset(position, bookmark))),
            .. Lane.All.SelectMany(_ => partitions, (each, partition) => (new TopicPartition($"push.{each.Name}", partition), new GroupOffset(lane, ""))),
        ]);
    }

    /// <summary>A record on a lane, as a replay leaves it.</summary>
    private void SentBy(string replay, int number)
    {
        var letter = Letter(number);
        var origin = new RecordPlace("push.apns.dead", number % _stage.Partitions, number / _stage.Partitions);
        _stage.Put("push.apns.urgent", 0, letter.ToReplay(letter.Value!, new ReplayMark(replay, 1, origin)));
    }

    private static DeadLetter Letter(int number) => ReplayStage.Letter(ReplayStage.Push(number));

    private static IEnumerable<DeadLetter> Letters(Range numbers) =>
        Enumerable.Range(numbers.Start.Value, numbers.End.Value - numbers.Start.Value).Select(Letter);
}
