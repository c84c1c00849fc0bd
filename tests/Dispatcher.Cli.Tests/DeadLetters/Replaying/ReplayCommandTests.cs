using System.Text;
using Confluent.Kafka;
using Dispatcher.Cli.DeadLetters.Replaying;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Tests.DeadLetters.Replaying;

/// <summary>The command line against in-memory Kafka.</summary>
public sealed class ReplayCommandTests : IDisposable
{
    private static readonly Lane FcmBulk = new(Provider.Fcm, PushClass.Bulk);

    private readonly ReplayStage _stage = new();

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task Each_goes_back_to_its_lane_with_its_bytes_once_however_often_it_is_asked_for()
    {
        var letters = Letters(0..20).Concat(Letters(20..40, lane: FcmBulk)).ToArray();
        _stage.Die(letters);

        var first = await _stage.ReplayAsync();
        Assert.Equal((ExitCode.Success, ""), (first.Code, first.Error));
        Assert.Contains("40 sent again in ", first.Out, StringComparison.Ordinal);
        var sent = _stage.Lanes();
        Assert.Equal(letters.Select(Text).Order(), sent.Select(record => Encoding.UTF8.GetString(record.Message.Value!)).Order());
        Assert.Equal(20, sent.Count(record => record.Topic == "push.apns.urgent"));
        Assert.Equal(20, sent.Count(record => record.Topic == "push.fcm.bulk"));
        Assert.All(sent, record => Assert.Null(record.Message.Key));

        var again = await _stage.ReplayAsync();
        Assert.Equal(ExitCode.Success, again.Code);
        Assert.EndsWith("Nothing to send.\n", again.Out, StringComparison.Ordinal);
        Assert.Equal(40, _stage.OnLanes());
    }

    [Fact]
    public async Task A_trial_of_some_is_followed_by_the_rest_and_by_what_died_since()
    {
        _stage.Die(Letters(0..30));
        var trial = await _stage.ReplayAsync("--limit", "10");
        Assert.Equal(ExitCode.Success, trial.Code);
        Assert.Contains("10 of 30 (--limit)", trial.Out, StringComparison.Ordinal);
        Assert.Equal(10, _stage.OnLanes());

        await _stage.ReplayAsync("--rate", "1000/s");
        Assert.Equal(Ids(0..30), _stage.Sent());

        _stage.Die(Letters(30..35));
        await _stage.ReplayAsync();
        Assert.Equal(Ids(0..35), _stage.Sent());
    }

    [Fact]
    public async Task Only_what_the_filters_want_is_sent_and_other_filters_are_another_replay()
    {
        _stage.Die(Letters(0..10).Concat(Letters(10..20, reason: "BadDeviceToken")));
        await _stage.ReplayAsync("--reason", "BadDeviceToken");
        Assert.Equal(Ids(10..20), _stage.Sent());
        await _stage.ReplayAsync("--reason", "exhausted");
        Assert.Equal(Ids(0..20), _stage.Sent());
    }

    [Fact]
    public async Task A_named_replay_is_begun_anew_and_does_not_take_other_filters()
    {
        _stage.Die(Letters(0..5));
        await _stage.ReplayAsync("--reason", "exhausted");
        await _stage.ReplayAsync("--reason", "exhausted", "--replay-id", "second");
        Assert.Equal(10, _stage.OnLanes());

        var other = await _stage.ReplayAsync("--replay-id", "second");
        Assert.Equal(ExitCode.Usage, other.Code);
        Assert.Contains("has other filters", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_shows_the_plan_and_leaves_no_trace()
    {
        _stage.Die(Letters(0..5).Concat(Letters(5..8, reason: "BadDeviceToken", lane: FcmBulk)));
        var plan = await _stage.ReplayAsync("--dry-run", "--rate", "2/s");
        Assert.Equal(ExitCode.Success, plan.Code);
        Assert.Equal(0, _stage.OnLanes());
        Assert.Contains("to send  8\nto       apns.urgent 5, fcm.bulk 3\n", plan.Out, StringComparison.Ordinal);
        Assert.Contains("rate     2/s, 4s\n", plan.Out, StringComparison.Ordinal);
        Assert.Matches("exhausted +shop-ios +5 ", plan.Out);
        Assert.Contains(", new\n", plan.Out, StringComparison.Ordinal);
        Assert.Contains(", new\n", (await _stage.ReplayAsync("--dry-run")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_sent_is_passed_over_and_said()
    {
        _stage.Die(
            Letter(0),
            Letter(1) with { Value = "no push"u8.ToArray(), Reason = "undecodable" },
            Letter(2).WithoutValue(),
            Letter(3) with { OriginalTopic = "push.delay.10s" },
            Letter(4) with { Value = Encoding.UTF8.GetBytes(Text(Letter(4)).PadRight(PushLimits.MaxRecordBytes + 1)) });
        var run = await _stage.ReplayAsync();
        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Equal(Ids(0..1), _stage.Sent());
        foreach (var words in (string[])["1 no push that can be read", "1 whose value was too large", "1 longer than", "1 whose lane is not known"])
            Assert.Contains($"Not sent: {words}", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_past_its_time_to_live_is_left_until_that_is_asked_for_and_then_nothing_else_is_sent()
    {
        _stage.Die(Letters(0..5).Concat(Letters(5..8).Select(letter => Expired(letter))));
        var first = await _stage.ReplayAsync();
        Assert.Contains("Not sent: 3 past their time to live", first.Out, StringComparison.Ordinal);
        Assert.Equal(Ids(0..5), _stage.Sent());

        var second = await _stage.ReplayAsync("--extend-ttl", "1h");
        Assert.Contains("3 sent again", second.Out, StringComparison.Ordinal);
        Assert.Equal(Ids(0..8), _stage.Sent());
        Assert.All(
            _stage.Lanes().Select(ReplayStage.Decode).Where(push => push.TimeToLive is not null),
            push => Assert.InRange(push.ExpiresAt!.Value, ReplayStage.Now.AddMinutes(55), ReplayStage.Now.AddMinutes(65)));
    }

    [Fact]
    public async Task Expired_ones_go_as_they_are_if_that_is_wanted()
    {
        var letter = Expired(Letter(0));
        _stage.Die(letter);
        await _stage.ReplayAsync("--include-expired");
        Assert.Equal(letter.Value, Assert.Single(_stage.Lanes()).Message.Value);
    }

    [Fact]
    public async Task They_go_to_another_class_and_through_another_app_if_asked_to()
    {
        _stage.Die(Letters(0..3, app: "old-shop", reason: "unknownApp").Concat(Letters(3..5)));
        var plan = await _stage.ReplayAsync("--dry-run");
        Assert.Contains("3 have an app that no worker knew (--app-map OLD=NEW)", plan.Out, StringComparison.Ordinal);

        await _stage.ReplayAsync("--to-class", "bulk", "--app-map", "old-shop=shop-ios");
        var sent = _stage.Lanes();
        Assert.Equal(5, sent.Count);
        Assert.All(sent, record => Assert.Equal("push.apns.bulk", record.Topic));
        Assert.All(sent, record => Assert.Equal("shop-ios", ReplayStage.Decode(record).App));
        Assert.Equal(Ids(0..5), _stage.Sent());
    }

    [Fact]
    public async Task A_push_that_dies_again_counts_and_the_guard_stops_the_loop_until_it_is_forced()
    {
        _stage.Die(Letter(0));
        for (var replays = 1; replays <= 3; replays++)
        {
            await _stage.ReplayAsync();
            var record = _stage.Lanes().MaxBy(record => ReplayMark.Read(record.Message.Headers)!.Count)!;
            Assert.Equal(replays, ReplayMark.Read(record.Message.Headers)!.Count);
            _stage.Die(Letter(0) with { Headers = record.Message.Headers }); // as a worker does: the lane's record, header for header
        }

        var guarded = await _stage.ReplayAsync();
        Assert.Contains("1 replayed 3 times or more (--max-replays, --force)", guarded.Out, StringComparison.Ordinal);
        Assert.Equal(3, _stage.OnLanes());

        await _stage.ReplayAsync("--force");
        Assert.Equal(4, _stage.OnLanes());
        await _stage.ReplayAsync("--force");
        Assert.Equal(4, _stage.OnLanes());
    }

    [Fact]
    public async Task Headers_of_the_first_producer_stay_and_those_of_the_dead_letter_go()
    {
        _stage.Die(Letter(0) with { Headers = new Headers { { "order", "42"u8.ToArray() } }, TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" });
        await _stage.ReplayAsync();
        var headers = Assert.Single(_stage.Lanes()).Message.Headers;
        Assert.Equal(["order", "replay-count", "replay-id", "replay-origin", "traceparent"], headers.Select(header => header.Key).Order());
        Assert.Equal("push.apns.dead/0/0", Encoding.UTF8.GetString(headers.GetLastBytes("replay-origin")));
    }

    [Fact]
    public async Task Without_a_terminal_and_without_yes_it_says_so()
    {
        _stage.Die(Letter(0));
        var terminal = new TestTerminal();
        var code = await new CommandTree(terminal.Terminal, TimeProvider.System, () => 0.5)
            .RunAsync(["dead-letters", "replay", "--kafka", _stage.Cluster.BootstrapServers], CancellationToken.None);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("give --yes", terminal.Error, StringComparison.Ordinal);
        Assert.Equal(0, _stage.OnLanes());
    }

    [Fact]
    public async Task The_workers_groups_are_not_touched()
    {
        _stage.Die(Letters(0..5));
        await _stage.ReplayAsync();
        using var offsets = new Cli.Kafka.TopicOffsets(_stage.Connection);
        foreach (var lane in Lane.All)
            Assert.Empty(await offsets.CommittedAsync($"dispatcher.{_stage.Connection.Topics.Pushes(lane)}", _stage.Connection.Topics.Pushes(lane)));
        Assert.NotEmpty(await offsets.CommittedAsync($"dispatcher.replay.{ReplayId.Of("push", [])}", "push.apns.dead"));
    }

    private static DeadLetter Letter(int number) => ReplayStage.Letter(ReplayStage.Push(number));

    private static IEnumerable<DeadLetter> Letters(Range numbers, string app = "shop-ios", string reason = "exhausted", Lane? lane = null) =>
        Numbers(numbers).Select(number => ReplayStage.Letter(ReplayStage.Push(number, app), reason, lane));

    private static DeadLetter Expired(DeadLetter letter)
    {
        Assert.True(PushJson.TryDecode(letter.Value, default, out var push, out _));
        return letter with { Value = ReplayStage.Value(push with { TimeToLive = 60 }) };
    }

    private static IEnumerable<Guid> Ids(Range numbers) => Numbers(numbers).Select(ReplayStage.Id).Order();

    private static IEnumerable<int> Numbers(Range range) => Enumerable.Range(range.Start.Value, range.End.Value - range.Start.Value);

    private static string Text(DeadLetter letter) => Encoding.UTF8.GetString(letter.Value!);
}
