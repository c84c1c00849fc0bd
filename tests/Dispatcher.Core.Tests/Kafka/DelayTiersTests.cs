using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class DelayTiersTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("10s", "10s")]
    [InlineData("10s,1m,10m,1h", "10s 1m 10m 1h")]
    [InlineData("1h, 10s ,10m,1m", "10s 1m 10m 1h")]
    [InlineData("24h,1440s", "1440s 24h")]
    public void A_list_is_read_whatever_its_order(string text, string words) =>
        Assert.Equal(words.Split(' ').Select(word => $"push.delay.{word}"), DelayTiers.Parse(text, "push")?.Topics);

    [Fact]
    public void Waits_are_what_the_words_say() => Assert.Equal(
        [TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(2), TimeSpan.FromHours(3)], DelayTiers.Parse("3h,2m,90s", "push")?.Waits);

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("10s,")]
    [InlineData("s")]
    [InlineData("10")]
    [InlineData("0s")]
    [InlineData("010s")] // would be the wait of 10s under another topic
    [InlineData("-1s")]
    [InlineData("+1s")]
    [InlineData("1.5m")]
    [InlineData("1 0s")]
    [InlineData("10S")]
    [InlineData("1d")]
    [InlineData("10ms")]
    [InlineData("25h")]
    [InlineData("86401s")]
    [InlineData("2147483647h")]
    [InlineData("99999999999s")]
    [InlineData("10s,10s")]
    [InlineData("60s,1m")]
    public void Anything_else_is_no_list(string text) => Assert.Null(DelayTiers.Parse(text, "push"));

    [Theory]
    [InlineData(-5, "10s")]
    [InlineData(0, "10s")]
    [InlineData(9.999, "10s")]
    [InlineData(10, "10s")]
    [InlineData(59.999, "10s")]
    [InlineData(60, "1m")]
    [InlineData(599, "1m")]
    [InlineData(600, "10m")]
    [InlineData(3600, "1h")]
    [InlineData(2_592_000, "1h")]
    public void A_push_waits_in_the_longest_tier_that_does_not_pass_its_instant(double seconds, string tier) =>
        Assert.Equal($"push.delay.{tier}", Default().TopicFor(Now.AddSeconds(seconds), Now));

    [Theory]
    [InlineData(-5, -5)]
    [InlineData(3, 3)]
    [InlineData(10, 10)]
    [InlineData(25, 10)]
    [InlineData(60, 60)]
    [InlineData(2_592_000, 3_600)]
    public void It_leaves_when_it_is_due_or_when_the_tier_lets_it_go(double seconds, double leaves) =>
        Assert.Equal(Now.AddSeconds(leaves), Default().LeavesAt(Now.AddSeconds(seconds), Now));

    /// <summary>Invariant 11: however far ahead, the hops end at the instant, never before it, and there are few of them.</summary>
    [Fact]
    public void Hops_end_at_the_instant() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Ahead.ToArbitrary(), wait =>
    {
        var (tiers, now, notBefore, hops) = (Default(), Now, Now + wait, 0);
        while (now < notBefore)
        {
            var leaves = tiers.LeavesAt(notBefore, now);
            if (leaves <= now || leaves > notBefore)
                return false;
            (now, hops) = (leaves, hops + 1);
        }

        return now == notBefore && hops <= (PushLimits.MaxDaysAhead * 24) + 5 + 9 + 5 + 1;
    }));

    [Fact]
    public void A_tier_that_is_not_in_the_list_any_more_is_found_among_the_topics() => Assert.Equal(
        ["push.delay.5s", "push.delay.2h"],
        Default().Former(["push.delay.5s", "push.delay.10s", "push.delay.2h", "push.delay.", "push.delay.soon", "other.delay.5s", "push.delay.5s.old"]));

    private static Gen<TimeSpan> Ahead { get; } =
        from days in Gen.Choose(0, PushLimits.MaxDaysAhead - 1)
        from ticks in Gen.Choose(1, int.MaxValue)
        select TimeSpan.FromDays(days) + TimeSpan.FromTicks(ticks * 402L); // 402 × int.MaxValue ticks are just under a day

    private static DelayTiers Default() => DelayTiers.Parse(DelayTiers.Default, "push")!;
}
