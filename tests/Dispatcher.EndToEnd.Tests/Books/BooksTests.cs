using Dispatcher.Chaos.Books;
using Dispatcher.Chaos.Pushing;
using Dispatcher.Chaos.Troubles;
using Dispatcher.Core.Sending;

namespace Dispatcher.EndToEnd.Tests.Books;

/// <summary>A ledger that balances whatever is in it proves nothing: each thing that may be wrong has to show.</summary>
public sealed class BooksTests
{
    private const int InMemory = 10;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly PartitionName Partition = new("push.apns.urgent", 0);

    [Fact]
    public void Pushes_that_end_as_promised_and_are_found_there_balance()
    {
        var balance = Balance.Of(
        [
            Ended(Design.Accepted, OutcomeKind.Accepted, taken: [1]),
            Ended(Design.Accepted, OutcomeKind.Accepted, taken: [1, 2]),
            Ended(Design.Expired, OutcomeKind.Expired),
        ]);

        Assert.True(balance.Holds);
        Assert.Equal((2, 1), (balance.Ends[Design.Accepted], balance.Ends[Design.Expired]));
    }

    [Fact]
    public void Whatever_does_not_add_up_is_found()
    {
        var missing = new Story(Guid.Empty);
        missing.IsKeptWith(new Promise("token", Design.Accepted));
        var contradictory = Ended(Design.Accepted, OutcomeKind.Accepted, taken: [1]);
        contradictory.IsKeptWith(new Ending(OutcomeKind.Expired, IsDeadLetter: false, Attempts: 1));
        var exhausted = Ended(Design.Accepted, OutcomeKind.Unavailable);
        var unproven = Ended(Design.Accepted, OutcomeKind.Accepted);

        var balance = Balance.Of([missing, contradictory, exhausted, unproven]);

        Assert.False(balance.Holds);
        Assert.Equal(
            (missing, contradictory, exhausted, unproven),
            (Assert.Single(balance.Missing), Assert.Single(balance.Contradictory), Assert.Single(balance.Otherwise), Assert.Single(balance.Unproven)));
    }

    [Fact]
    public void A_duplicate_without_a_cause_is_found()
    {
        var story = Ended(Design.Accepted, OutcomeKind.Accepted, taken: [1, 5]);

        Assert.Same(story, Assert.Single(Duplicates.In([story], [], InMemory).Unexplained));
    }

    [Theory]
    [InlineData(0)] // not sent when the worker was killed, so nothing is to be repeated
    [InlineData(1)]
    public void A_killed_worker_explains_what_it_had_sent_and_nothing_else(int begun)
    {
        var story = Ended(Design.Accepted, OutcomeKind.Accepted, taken: [1, 5]);
        var duplicates = Duplicates.In([story], [Exposed(HandoverCause.Killed, 0, (story, begun))], InMemory);

        Assert.Equal((begun, begun), (duplicates.Seen[DuplicateCause.WorkerKilled], duplicates.Bound));
        Assert.Equal(1 - begun, duplicates.Unexplained.Count);
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 1, 0)]
    public void A_worker_that_gave_its_partitions_up_explains_only_what_it_left_behind(int abandoned, int seen, int unexplained)
    {
        var story = Ended(Design.Accepted, OutcomeKind.Accepted, taken: [1, 5]);
        var duplicates = Duplicates.In([story], [Exposed(HandoverCause.GivenUp, abandoned, (story, 1))], InMemory);

        Assert.Equal((seen, seen), (duplicates.Seen[DuplicateCause.GivenUp], duplicates.Bound));
        Assert.Equal(unexplained, duplicates.Unexplained.Count);
    }

    [Fact]
    public void A_worker_that_hung_may_go_on_with_what_it_has_in_memory_and_no_more()
    {
        var stories = Enumerable.Range(0, 3 * InMemory).Select(_ => Ended(Design.Accepted, OutcomeKind.Accepted, taken: [5, 6])).ToList();
        var duplicates = Duplicates.In(stories, [Exposed(HandoverCause.Hung, 0, [.. stories.Select(story => (story, 0))])], InMemory);

        Assert.Empty(duplicates.Unexplained);
        Assert.Equal((3 * InMemory, InMemory), (duplicates.Total, duplicates.Bound)); // which is too many
    }

    [Fact]
    public void An_attempt_without_an_answer_explains_one_duplicate()
    {
        var story = Ended(Design.Accepted, OutcomeKind.Accepted, attempts: 3, taken: [1, 5]);
        story.Refused = 1;

        var duplicates = Duplicates.In([story], [], InMemory);

        Assert.Empty(duplicates.Unexplained);
        Assert.Equal((1, 1), (duplicates.Seen[DuplicateCause.Ambiguous], duplicates.Bound));
    }

    [Fact]
    public void A_seed_is_a_schedule()
    {
        var schedule = Schedule.Of(seed: 7, pushes: 100_000, kills: 5);

        Assert.Equal(schedule.Lines(), Schedule.Of(seed: 7, pushes: 100_000, kills: 5).Lines());
        Assert.NotEqual(schedule.Lines(), Schedule.Of(seed: 8, pushes: 100_000, kills: 5).Lines());
        Assert.Equal(5, schedule.Troubles.Count(trouble => trouble.Kind == TroubleKind.Kill));
        Assert.Equal(Enum.GetValues<TroubleKind>().Length, schedule.Troubles.Select(trouble => trouble.Kind).Distinct().Count());
    }

    private static Story Ended(Design design, OutcomeKind outcome, int attempts = 1, params int[] taken)
    {
        var story = new Story(Guid.CreateVersion7(Start));
        story.IsKeptWith(new Promise("token", design));
        story.IsKeptWith(new Ending(outcome, IsDeadLetter: false, attempts));
        story.Taken.AddRange(taken.Select(second => Start.AddSeconds(second)));
        return story;
    }

    private static Exposure Exposed(HandoverCause cause, int abandoned, params (Story Story, int Begun)[] open) => new(
        new Handover("apns.urgent", Partition, Start.AddSeconds(3), cause, Start, Start.AddSeconds(3), abandoned),
        open.ToDictionary(entry => entry.Story, entry => entry.Begun));
}
