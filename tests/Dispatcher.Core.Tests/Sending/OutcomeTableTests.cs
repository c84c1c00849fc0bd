using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Tests.Sending;

/// <summary>The table of the design, cell by cell.</summary>
public sealed class OutcomeTableTests
{
    [Theory]
    [InlineData(OutcomeKind.Accepted, true, true, BreakerSignal.Success, Settlement.Complete)]
    [InlineData(OutcomeKind.Unregistered, true, true, BreakerSignal.Success, Settlement.CompleteAndReportToken)]
    [InlineData(OutcomeKind.Rejected, true, true, BreakerSignal.Success, Settlement.DeadLetter)]
    [InlineData(OutcomeKind.Throttled, false, true, BreakerSignal.Neutral, Settlement.Retry)]
    [InlineData(OutcomeKind.Unavailable, false, true, BreakerSignal.Failure, Settlement.Retry)]
    [InlineData(OutcomeKind.Ambiguous, false, true, BreakerSignal.Failure, Settlement.Retry)]
    [InlineData(OutcomeKind.NotSent, false, false, BreakerSignal.Failure, Settlement.Retry)]
    [InlineData(OutcomeKind.Misconfigured, false, false, BreakerSignal.Neutral, Settlement.Retry)]
    [InlineData(OutcomeKind.Expired, true, false, BreakerSignal.Neutral, Settlement.Complete)]
    public void Each_kind_has_its_row(OutcomeKind kind, bool isFinal, bool burnsAttempt, BreakerSignal breaker, Settlement settlement) =>
        Assert.Equal(new OutcomeTraits(isFinal, burnsAttempt, breaker, settlement), OutcomeTable.Traits(kind));

    [Fact]
    public void No_kind_is_without_a_row()
    {
        Assert.All(Enum.GetValues<OutcomeKind>(), kind => OutcomeTable.Traits(kind));
        Assert.Throws<ArgumentOutOfRangeException>(() => OutcomeTable.Traits((OutcomeKind)99));
    }

    [Fact]
    public void What_is_final_is_not_retried_and_the_rest_is() =>
        Assert.All(Enum.GetValues<OutcomeKind>().Select(OutcomeTable.Traits), row => Assert.NotEqual(row.IsFinal, row.Settlement == Settlement.Retry));

    [Fact]
    public void Outcomes_are_of_their_kind() =>
        Assert.Equal(
            Enum.GetValues<OutcomeKind>(),
            [
                new SendOutcome.Accepted("1").Kind, new SendOutcome.Unregistered(null).Kind, new SendOutcome.Rejected().Kind,
                new SendOutcome.Throttled(ThrottleScope.App).Kind, new SendOutcome.Unavailable().Kind, new SendOutcome.Ambiguous().Kind,
                new SendOutcome.NotSent().Kind, new SendOutcome.Misconfigured().Kind, new SendOutcome.Expired().Kind,
                new SendOutcome.Cancelled().Kind,
            ]);

    [Fact]
    public void What_was_not_sent_blames_the_endpoint_only_when_it_is_at_fault()
    {
        Assert.Equal(BreakerSignal.Failure, OutcomeTable.Traits(new SendOutcome.NotSent(EndpointAtFault: true)).Breaker);
        Assert.Equal(BreakerSignal.Neutral, OutcomeTable.Traits(new SendOutcome.NotSent(EndpointAtFault: false)).Breaker);
        Assert.False(OutcomeTable.Traits(new SendOutcome.NotSent(EndpointAtFault: false)).BurnsAttempt);
    }
}
