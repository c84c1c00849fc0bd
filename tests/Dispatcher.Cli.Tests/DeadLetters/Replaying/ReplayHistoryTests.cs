using Dispatcher.Cli.DeadLetters.Replaying;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Cli.Tests.DeadLetters.Replaying;

/// <summary>A replay of one partition, over runs with different rules, against a set that remembers every record.</summary>
public sealed class ReplayHistoryTests
{
    private const int Records = 60;

    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Over_any_runs_nothing_is_sent_twice_and_what_the_last_rule_takes_is_sent() => Prop.ForAll(
        Arb.From(Gen.Sized(size => Gen.ListOf(Run(), 1 + (size % 8)))),
        runs =>
        {
            var history = ReplayHistory.None;
            var sent = new HashSet<int>();
            var at = Epoch;
            foreach (var (rule, hours, reach) in runs)
            {
                at = at.AddHours(hours);
                var start = (int)history.Start(rule, 0);
                var end = Math.Max(start, reach);
                for (var offset = start; offset < end; offset++)
                {
                    var (replays, expiresAt) = Letter(offset);
                    if (rule.IsTooOften(replays) || rule.IsTooLate(expiresAt, at) || history.HasTaken(offset, replays, expiresAt))
                        continue;
                    Assert.True(sent.Add(offset), $"{offset} is sent twice");
                }

                history = history.With(new ReplayPass(start, end, at, rule));
                history = ReplayBookmark.Decode(new ReplayBookmark("run", true, at, "f", at, rule, history).Encode())!.History;
                for (var offset = 0; offset < end; offset++)
                {
                    var (replays, expiresAt) = Letter(offset);
                    Assert.True(rule.IsTooOften(replays) || rule.IsTooLate(expiresAt, at) || sent.Contains(offset), $"{offset} is not sent");
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_same_rule_goes_on_where_it_ended_and_a_wider_one_goes_back()
    {
        var narrow = new ReplayRule(TakesExpired: false, MaxReplays: 3);
        var wide = new ReplayRule(TakesExpired: true, MaxReplays: 3);
        var history = ReplayHistory.None.With(new ReplayPass(10, 50, Epoch, narrow));
        Assert.Equal(50, history.Start(narrow, 10));
        Assert.Equal(50, history.Start(narrow with { MaxReplays = 1 }, 10));
        Assert.Equal(10, history.Start(wide, 10));
        Assert.Equal(70, history.With(new ReplayPass(10, 70, Epoch, wide)).Start(wide, 0 + 10));
    }

    [Fact]
    public void However_many_runs_there_are_a_commit_has_room_for_them()
    {
        var history = ReplayHistory.None;
        for (var run = 0; run < 1_000; run++)
        {
            var from = long.MaxValue - 2_000 + run;
            history = history.With(new ReplayPass(from, from + 1, Epoch.AddYears(230).AddHours(run), new ReplayRule(run % 2 == 0, int.MaxValue)));
        }

        var bookmark = new ReplayBookmark(new string('f', 20), true, Epoch.AddYears(230), "12345678", Epoch, new ReplayRule(true, int.MaxValue), history);
        Assert.InRange(bookmark.Encode().Length, 1, 4096);
        Assert.True(history.HasTaken(long.MaxValue - 2_000, 0, null)); // the oldest are merged, not forgotten
        Assert.False(history.HasTaken(long.MaxValue - 2_001, 0, null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2 run open 0 f 0-0@0/3")]
    [InlineData("1 run half 0 f 0-0@0/3")]
    [InlineData("1 run open 0 f")]
    [InlineData("1 run open 0 f 0-0@0/3 0-1@x/3")]
    [InlineData("1 run open 999999999999999999 f 0-0@0/3")]
    public void What_is_no_bookmark_of_ours_is_none(string text) => Assert.Null(ReplayBookmark.Decode(text));

    [Fact]
    public void A_bookmark_comes_back()
    {
        var history = ReplayHistory.None.With(new ReplayPass(1, 5, Epoch.AddMilliseconds(1), new ReplayRule(true, 3)))
            .With(new ReplayPass(5, 9, Epoch, new ReplayRule(false, int.MaxValue)));
        var bookmark = new ReplayBookmark("0a1b", true, Epoch.AddDays(1), "12345678", Epoch, new ReplayRule(false, 3), history);
        var read = ReplayBookmark.Decode(bookmark.Encode())!;
        Assert.Equal(bookmark with { History = read.History }, read);
        Assert.Equal(history.Passes, read.History.Passes);
    }

    /// <summary>Every combination of what a rule looks at occurs.</summary>
    private static (int Replays, DateTimeOffset? ExpiresAt) Letter(int offset) =>
        (offset % 5, (offset % 4) switch { 0 => null, var quarter => Epoch.AddHours((offset / 4 % 6 * quarter) + 1) });

    private static Gen<(ReplayRule Rule, int Hours, int Reach)> Run() =>
        from expired in ArbMap.Default.GeneratorFor<bool>()
        from replays in Gen.Choose(1, 6)
        from hours in Gen.Choose(0, 6)
        from reach in Gen.Choose(0, Records)
        select (new ReplayRule(expired, replays), hours, reach);
}
