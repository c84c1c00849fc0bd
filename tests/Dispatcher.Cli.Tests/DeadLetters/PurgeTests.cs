using Dispatcher.Cli.DeadLetters;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Tests.Kafka;

namespace Dispatcher.Cli.Tests.DeadLetters;

public sealed class PurgeTests
{
    [Fact]
    public void What_would_go_is_counted_by_partition_and_reason_up_to_the_first_that_is_too_new()
    {
        var plan = new PurgePlan(Some.Time.AddMinutes(2));
        foreach (var minute in new[] { 0, 1, 2, 0 }) // the last is older and lies behind one that stays: Kafka cannot take it alone
            plan.Add(Some.Record(Some.DeadLetter with { LastFailedAt = Some.Time.AddMinutes(minute) }, offset: 10 + plan.Count));

        Assert.Equal(2, plan.Count);
        Assert.Equal(12, Assert.Single(plan.FirstKept).Offset.Value);
        Assert.Equal(
            [
                "partition         up to  count  oldest (UTC)      newest (UTC)",
                "push.apns.dead/1     11      2  2026-11-21 03:15  2026-11-21 03:16",
                "",
                "reason          count  first (UTC)          last (UTC)",
                "BadDeviceToken      2  2026-11-21 03:15:02  2026-11-21 03:16:02",
            ],
            plan.Text(int.MaxValue));
    }

    [Fact]
    public async Task Up_to_a_position_means_with_it_and_a_dry_run_only_says_so()
    {
        using var topics = new InMemoryTopics();
        for (var i = 0; i < 3; i++)
            await topics.ProduceAsync("push.apns.dead", 1, Some.DeadLetter.ToMessage());
        await topics.ProduceAsync("push.fcm.dead", 1, Some.DeadLetter.ToMessage());
        var (code, terminal) = await CommandLine.RunAsync(topics, "purge", "--up-to", "push.apns.dead/1/1", "--dry-run");
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("push.apns.dead/1      1      2", terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("push.fcm.dead", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_dead_letters_can_be_purged()
    {
        using var topics = new InMemoryTopics();
        var (code, terminal) = await CommandLine.RunAsync(topics, "purge", "--up-to", "push.apns.urgent/0/5", "--yes");
        Assert.Equal(ExitCode.Usage, code);
        Assert.StartsWith("dispatcher: push.apns.urgent is no topic of dead letters", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_Kafka_cannot_delete_the_way_out_is_named()
    {
        using var topics = new InMemoryTopics();
        await topics.ProduceAsync("push.apns.dead", 1, Some.DeadLetter.ToMessage());
        var (code, terminal) = await CommandLine.RunAsync(topics, "purge", "--all", "--yes");
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("retention.ms", terminal.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("deleted.", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_asks_for_the_word_and_takes_no_other()
    {
        using var topics = new InMemoryTopics();
        await topics.ProduceAsync("push.apns.dead", 1, Some.DeadLetter.ToMessage());
        var (code, terminal) = await CommandLine.RunAsync(topics, new TestTerminal(), terminal => terminal with { Ask = () => "yes" }, "purge", "--all");
        Assert.Equal(ExitCode.Failure, code);
        Assert.Equal("Delete these 1 dead letters for good? Type 'purge' to go on: Nothing was done.\n", terminal.Error);
    }
}
