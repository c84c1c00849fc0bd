using Dispatcher.Cli.Kafka;
using Dispatcher.Core.Sending;

namespace Dispatcher.Cli.Tests.Kafka;

public sealed class OutcomeLedgerTests
{
    private readonly OutcomeLedger _ledger = new();

    [Fact]
    public void Either_half_may_come_first()
    {
        var (late, early) = (Guid.AllBitsSet, Some.Id);
        _ledger.Settle(Some.Result(early));
        _ledger.Post([early, late]);
        _ledger.Settle(Some.Result(late));
        _ledger.Close();
        Assert.True(_ledger.Complete.IsCompletedSuccessfully);
        Assert.Equal(2, _ledger.SettledCount);
    }

    [Fact]
    public void It_is_not_complete_before_everything_is_posted()
    {
        _ledger.Post([Some.Id]);
        _ledger.Settle(Some.Result(Some.Id));
        Assert.False(_ledger.Complete.IsCompleted);
        _ledger.Close();
        Assert.True(_ledger.Complete.IsCompleted);
    }

    [Fact]
    public void Other_peoples_pushes_and_second_results_do_not_count()
    {
        _ledger.Post([Some.Id]);
        _ledger.Settle(Some.Result(Guid.AllBitsSet));
        _ledger.Settle(Some.Result(Some.Id));
        _ledger.Settle(Some.Result(Some.Id, OutcomeKind.Rejected));
        Assert.Equal((1, 0), (_ledger.SettledCount, _ledger.PendingCount));
    }

    [Fact]
    public void Counts_put_the_most_frequent_first()
    {
        var results = new[]
        {
            Some.Result(Some.Id, OutcomeKind.Rejected, reason: "BadDeviceToken"), Some.Result(Some.Id), Some.Result(Some.Id),
        };
        Assert.Equal(
            ["pushes  outcome   reason", "     2  accepted", "     1  rejected  BadDeviceToken"], OutcomeCount.Lines(OutcomeCount.Of(results)));
    }
}
