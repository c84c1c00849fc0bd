using Dispatcher.Core.Sending;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Core.Tests.Sending;

public sealed class QuickRetryTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(150);

    private static readonly SendOutcome Unavailable = new SendOutcome.Unavailable();

    [Theory]
    [InlineData(0, 0.5, 150)]
    [InlineData(1, 0.5, 300)]
    [InlineData(2, 0.5, 600)]
    [InlineData(3, 0.5, 1000)]
    [InlineData(0, 0.0, 75)]
    [InlineData(0, 1.0, 225)]
    public void The_wait_doubles_and_is_spread_up_to_a_second(int retriesSoFar, double chance, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), new QuickRetry(5, Delay).Next(Unavailable, retriesSoFar, TimeSpan.Zero, chance));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    public void Retries_are_counted(int retries, int retriesSoFar) =>
        Assert.Null(new QuickRetry(retries, Delay).Next(Unavailable, retriesSoFar, TimeSpan.Zero, 0.5));

    [Theory]
    [InlineData(100, 150)]
    [InlineData(400, 400)]
    [InlineData(1000, 1000)]
    public void It_is_never_earlier_than_told(int told, int milliseconds) =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(milliseconds),
            new QuickRetry(5, Delay).Next(Unavailable with { RetryAfter = TimeSpan.FromMilliseconds(told) }, 0, TimeSpan.Zero, 0.5));

    [Fact]
    public void What_is_told_to_wait_longer_than_a_second_is_not_quick() =>
        Assert.Null(new QuickRetry(5, Delay).Next(Unavailable with { RetryAfter = TimeSpan.FromMilliseconds(1001) }, 0, TimeSpan.Zero, 0.5));

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    [InlineData(15_000, false)]
    public void What_has_taken_longer_than_a_second_is_not_quick_any_more(int spent, bool isQuick) =>
        Assert.Equal(isQuick, new QuickRetry(5, Delay).Next(Unavailable, 0, TimeSpan.FromMilliseconds(spent), 0.5) is not null);

    [Fact]
    public void Only_what_may_pass_within_a_second_is_tried_again()
    {
        SendOutcome[] outcomes =
        [
            new SendOutcome.Accepted("1"), new SendOutcome.Unregistered(null), new SendOutcome.Rejected(),
            new SendOutcome.Throttled(ThrottleScope.Token), Unavailable, new SendOutcome.Ambiguous(), new SendOutcome.NotSent(),
            new SendOutcome.Misconfigured(), new SendOutcome.Expired(),
        ];

        Assert.Equal(
            [OutcomeKind.Unavailable, OutcomeKind.Ambiguous, OutcomeKind.NotSent],
            outcomes.Where(outcome => new QuickRetry(5, Delay).Next(outcome, 0, TimeSpan.Zero, 0.5) is not null).Select(outcome => outcome.Kind));
    }

    [Fact]
    public void Every_wait_is_within_its_bounds()
    {
        var cases =
            from retries in Gen.Choose(0, 5)
            from soFar in Gen.Choose(0, 8)
            from delay in Gen.Choose(10, 1000)
            from told in Gen.Choose(-1, 2000)
            from spent in Gen.Choose(0, 1500)
            from chance in Gen.Choose(0, 1000)
            select (retries, soFar, delay, told, spent: TimeSpan.FromMilliseconds(spent), chance: chance / 1000.0);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(cases.ToArbitrary(), c =>
        {
            TimeSpan? told = c.told < 0 ? null : TimeSpan.FromMilliseconds(c.told);
            var wait = new QuickRetry(c.retries, TimeSpan.FromMilliseconds(c.delay)).Next(Unavailable with { RetryAfter = told }, c.soFar, c.spent, c.chance);
            return c.soFar >= c.retries || told > QuickRetry.LongestDelay || c.spent > QuickRetry.LongestDelay
                ? wait is null
                : wait >= (told ?? TimeSpan.Zero) && wait >= TimeSpan.FromMilliseconds(c.delay * 0.5) && wait <= QuickRetry.LongestDelay;
        }));
    }
}
