using System.Text;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Sending;

namespace Dispatcher.Worker.Tests.Dispatching;

/// <summary>What becomes of pushes that wait, against a real Kafka protocol and real time. Nothing here comes early, nothing is lost.</summary>
public sealed class DelayTests(DelayScenarios scenarios) : IClassFixture<DelayScenarios>
{
    [Fact]
    public async Task A_throttled_push_is_tried_again_when_the_provider_allows_it()
    {
        var story = scenarios.Throttled;

        var result = await scenarios.ResultAsync(story);

        Assert.Equal((OutcomeKind.Accepted, 2), (result.Outcome, result.Attempts));
        var gap = story.Arrivals.Last() - story.Arrivals.First();
        Assert.True(gap >= TimeSpan.FromMilliseconds(1_300), $"it came back after {gap}");
        var wait = scenarios.Waits(story)[0];
        Assert.Equal((scenarios.Kafka.Topics.Delays.Topics[0], "TooManyRequests", 1, 1), (wait.Tier, wait.Delay?.Reason, wait.Delay?.Attempts, wait.Delay?.Retries));
        Assert.True(story.Arrivals.Last() >= wait.Delay?.NotBefore, "it came back before its not-before");
    }

    [Fact]
    public async Task A_push_without_success_becomes_a_dead_letter_that_names_where_it_came_from()
    {
        var story = scenarios.Exhausted;

        var letter = await scenarios.DeadLetterAsync(story);

        Assert.Equal(story.Record.Key, letter.Key);
        Assert.Equal(story.Record.Value, letter.Value);
        Assert.Equal(("push.apns.urgent", 0, story.Offset), (letter.OriginalTopic, letter.OriginalPartition, letter.OriginalOffset));
        Assert.Equal(("exhausted", "ServiceUnavailable", "unavailable", 503), (letter.Reason, letter.Detail, letter.Outcome, letter.Status));
        Assert.Equal((DelayScenarios.MaxAttempts, DelayScenarios.MaxAttempts), (letter.Attempts, story.Arrivals.Count));
        Assert.Equal("shop", Header(letter, "x-source"));
        Assert.InRange(letter.FirstFailedAt!.Value, story.Arrivals.First(), story.Arrivals.ElementAt(1));
        Assert.InRange(letter.LastFailedAt, story.Arrivals.Last(), TimeProvider.System.GetUtcNow());
        var result = await scenarios.ResultAsync(story);
        Assert.Equal((OutcomeKind.Unavailable, true, DelayScenarios.MaxAttempts), (result.Outcome, result.DeadLettered, result.Attempts));
    }

    /// <summary>The tiers in turn: what fails again waits longer.</summary>
    [Fact]
    public async Task A_push_waits_in_one_tier_after_the_other()
    {
        var story = scenarios.Exhausted;
        await scenarios.DeadLetterAsync(story);

        var waits = scenarios.Waits(story);

        Assert.Equal(scenarios.Kafka.Topics.Delays.Topics, waits.Select(wait => wait.Tier));
        Assert.Equal([(1, 1), (2, 2)], waits.Select(wait => (wait.Delay!.Attempts, wait.Delay.Retries)));
        Assert.All(waits.Zip(story.Arrivals.Skip(1)), pair => Assert.True(pair.Second >= pair.First.Delay?.NotBefore, "it came early"));
    }

    [Fact]
    public async Task A_push_whose_time_to_live_ends_expires_without_a_dead_letter()
    {
        var story = scenarios.OutOfTime;

        var result = await scenarios.ResultAsync(story);

        Assert.Equal((OutcomeKind.Expired, "ServiceUnavailable", false), (result.Outcome, result.Reason, result.DeadLettered));
        Assert.Equal(story.Arrivals.Count, result.Attempts);
        Assert.All(story.Arrivals, arrival => Assert.True(arrival < story.Push.ExpiresAt, "it was sent after its time to live"));
        Assert.False(scenarios.HasDeadLetter(story));
    }

    [Fact]
    public async Task A_push_that_our_key_keeps_back_is_parked_until_the_key_is_right()
    {
        var story = scenarios.Parked;

        var result = await scenarios.ResultAsync(story);

        Assert.Equal((OutcomeKind.Accepted, 1), (result.Outcome, result.Attempts));
        Assert.Equal(DelayScenarios.WrongKeys + 1, story.Arrivals.Count);
        Assert.All(scenarios.Waits(story), wait => Assert.Equal((0, 0), (wait.Delay!.Attempts, wait.Delay.Retries)));
        Assert.All(
            story.Arrivals.Zip(story.Arrivals.Skip(1)), pair => Assert.True(pair.Second - pair.First >= DelayScenarios.ParkDelay, "it came early"));
        Assert.False(scenarios.HasDeadLetter(story));
    }

    [Fact]
    public async Task A_scheduled_push_is_sent_at_its_instant_however_many_tiers_it_passes()
    {
        var story = scenarios.Scheduled;

        var result = await scenarios.ResultAsync(story);

        Assert.Equal((OutcomeKind.Accepted, 1), (result.Outcome, result.Attempts));
        Assert.True(Assert.Single(story.Arrivals) >= story.Push.SendAt, "it came early");
        var waits = scenarios.Waits(story);
        Assert.InRange(waits.Count, 2, 7);
        Assert.All(waits, wait => Assert.Equal((story.Push.SendAt, "scheduled"), (wait.Delay!.NotBefore, wait.Delay.Reason)));
    }

    [Fact]
    public async Task A_record_of_somebody_elses_in_a_tier_is_kept_byte_by_byte()
    {
        var letter = await scenarios.DeadLetterAsync(letter => letter.OriginalTopic == scenarios.Kafka.Topics.Delays.Topics[1]);

        Assert.Equal(scenarios.Foreign.Key, letter.Key);
        Assert.Equal(scenarios.Foreign.Value, letter.Value);
        Assert.Equal(("undecodable", scenarios.ForeignOffset), (letter.Reason, letter.OriginalOffset));
        Assert.True(letter.Headers!.TryGetLastBytes("x-source", out var bytes) && bytes is [1, 2]);
    }

    [Fact]
    public async Task What_waits_in_a_tier_that_is_in_the_list_no_more_comes_out_of_it()
    {
        var result = await scenarios.ResultAsync(scenarios.InAFormerTier);

        Assert.Equal((OutcomeKind.Accepted, 2), (result.Outcome, result.Attempts)); // one before it waited, one now
    }

    [Fact]
    public async Task What_is_refused_after_a_wait_keeps_its_history()
    {
        var story = scenarios.OfAnAppThatIsGone;

        var letter = await scenarios.DeadLetterAsync(story);

        Assert.Equal(("unknownApp", 2), (letter.Reason, letter.Attempts));
        Assert.Equal(("push.apns.urgent", 5, 42L), (letter.OriginalTopic, letter.OriginalPartition, letter.OriginalOffset));
        Assert.True(letter.FirstFailedAt < story.Push.AcceptedAt);
        Assert.Equal(2, (await scenarios.ResultAsync(story)).Attempts);
    }

    private static string? Header(DeadLetter letter, string name) =>
        letter.Headers!.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;
}
