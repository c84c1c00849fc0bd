using Dispatcher.Core.Sending.Limits;
using Dispatcher.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Core.Tests.Sending.Limits;

public sealed class RetryBudgetTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Without_traffic_there_is_the_reserve()
    {
        var budget = new RetryBudget(0.2, 10, _time);

        Assert.Equal(10 * RetryBudget.Window, SpendAll(budget));
    }

    [Fact]
    public void First_attempts_pay_for_their_share()
    {
        var budget = new RetryBudget(0.2, 0, _time);
        for (var i = 0; i < 1000; i++)
            budget.FirstAttempt(_time.GetTimestamp());

        Assert.Equal(200, SpendAll(budget));
    }

    [Fact]
    public void What_was_not_spent_is_gone_when_it_is_no_longer_recent()
    {
        var budget = new RetryBudget(0.5, 0, _time);
        for (var i = 0; i < 100; i++)
            budget.FirstAttempt(_time.GetTimestamp());

        _time.Advance(TimeSpan.FromSeconds(RetryBudget.Window - 1));
        Assert.True(budget.TrySpend());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(budget.TrySpend());
    }

    /// <summary>The model: in any window, no more retries than the share of the first attempts of it and the one before, and the reserve.</summary>
    [Fact]
    public void Retries_never_exceed_the_share_and_the_reserve()
    {
        Prop.ForAll(Steps.Any<(byte Tenths, byte Firsts, byte Retries)>(), list =>
        {
            var time = new FakeTimeProvider();
            var budget = new RetryBudget(0.2, 1, time);
            var log = new List<(double At, int Firsts, int Retries)>();
            foreach (var (tenths, firsts, retries) in list)
            {
                time.Advance(TimeSpan.FromMilliseconds(100 * tenths));
                for (var i = 0; i < firsts; i++)
                    budget.FirstAttempt(_time.GetTimestamp());
                var spent = 0;
                for (var i = 0; i < retries; i++)
                    spent += budget.TrySpend() ? 1 : 0;
                log.Add((time.GetElapsedTime(0).TotalSeconds, firsts, spent));
                if (spent < retries && budget.TrySpend())
                    return false;
            }

            return log.TrueForAll(end =>
            {
                var spent = log.Where(entry => entry.At <= end.At && entry.At > end.At - RetryBudget.Window + 1).Sum(entry => entry.Retries);
                var earned = log.Where(entry => entry.At <= end.At && entry.At > end.At - (2 * RetryBudget.Window)).Sum(entry => entry.Firsts);
                return spent <= (0.2 * earned) + RetryBudget.Window + 1e-6;
            });
        }).QuickCheckThrowOnFailure();
    }

    private static int SpendAll(RetryBudget budget)
    {
        var spent = 0;
        while (budget.TrySpend())
            spent++;
        return spent;
    }
}
