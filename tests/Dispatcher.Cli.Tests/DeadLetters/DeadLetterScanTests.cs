using Dispatcher.Cli.DeadLetters;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Tests.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Simulator.Kafka;

namespace Dispatcher.Cli.Tests.DeadLetters;

public sealed class DeadLetterScanTests : IDisposable
{
    private const int TopicAuthorizationFailed = 29;

    private readonly InMemoryTopics _topics = new();

    public void Dispose() => _topics.Dispose();

    [Fact]
    public async Task It_reads_both_topics_and_every_partition_and_then_ends()
    {
        foreach (var (provider, partition) in new[] { (Provider.Apns, 0), (Provider.Apns, 2), (Provider.Fcm, 1), (Provider.Fcm, 1) })
            await ProduceAsync(provider, partition, Some.DeadLetter with { OriginalPartition = partition, Provider = provider.ToString() });

        var letters = await ReadAsync(await PlanAsync());
        Assert.Equal(
            [("Apns", 0), ("Apns", 2), ("Fcm", 1), ("Fcm", 1)],
            letters.Select(letter => (letter.Provider!, letter.Letter.OriginalPartition)).Order());
        Assert.All(letters, letter => Assert.Equal(Some.Id, letter.PushId));
    }

    [Fact]
    public async Task Where_there_are_none_it_ends_at_once() => Assert.Empty(await ReadAsync(await PlanAsync()));

    [Fact]
    public async Task What_comes_after_its_plan_is_not_read()
    {
        await ProduceAsync(Provider.Apns, 0, Some.DeadLetter);
        var plan = await PlanAsync();
        await ProduceAsync(Provider.Apns, 0, Some.DeadLetter);
        await ProduceAsync(Provider.Apns, 1, Some.DeadLetter);
        Assert.Equal(0, Assert.Single(await ReadAsync(plan)).Position.Offset);
    }

    [Fact]
    public async Task Of_a_provider_that_is_not_wanted_nothing_is_read()
    {
        await ProduceAsync(Provider.Apns, 0, Some.DeadLetter);
        await ProduceAsync(Provider.Fcm, 0, Some.DeadLetter);
        var plan = await ScanPlan.MakeAsync(_topics.Connection, DeadLetterFilter.All with { Providers = ["fcm"] });
        Assert.Equal("push.fcm.dead", Assert.Single(plan.Ranges).Partition.Topic);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 0)]
    public async Task Retention_may_move_the_start_under_it(long before, int left)
    {
        for (var i = 0; i < 3; i++)
            await ProduceAsync(Provider.Apns, 0, Some.DeadLetter);
        var plan = await PlanAsync();
        _topics.Kafka.DeleteRecords("push.apns.dead", 0, before);
        Assert.Equal(left, (await ReadAsync(plan)).Count);
    }

    [Fact]
    public async Task A_partition_without_a_leader_is_named_and_the_others_are_read()
    {
        await ProduceAsync(Provider.Apns, 0, Some.DeadLetter);
        await ProduceAsync(Provider.Apns, 1, Some.DeadLetter);
        _topics.Kafka.RemoveLeader("push.apns.dead", 0);

        var (code, terminal) = await CommandLine.RunAsync(_topics, "list", "--json");
        Assert.Equal(ExitCode.Failure, code);
        Assert.Equal("dispatcher: push.apns.dead/0 has no leader: its dead letters are not among these.\n", terminal.Error);
        Assert.Contains("\"push.apns.dead/1/0\"", Assert.Single(terminal.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Since_reads_from_the_start_where_Kafka_cannot_look_times_up()
    {
        await ProduceAsync(Provider.Apns, 0, Some.DeadLetter);
        var plan = await ScanPlan.MakeAsync(_topics.Connection, DeadLetterFilter.All with { Since = Some.Time });
        Assert.Equal(1, plan.Length);
    }

    [Fact]
    public async Task A_topic_that_does_not_exist_is_one_line()
    {
        var (code, terminal) = await CommandLine.RunAsync(_topics, "list", "--topic-prefix", "other");
        Assert.Equal(ExitCode.Failure, code);
        Assert.Equal(
            $"dispatcher: there is no other.apns.dead or other.fcm.dead at {_topics.BootstrapServers}, or this user may not see it: check --kafka, --topic-prefix and ACLs.\n",
            terminal.Error);
    }

    [Fact]
    public async Task A_user_who_may_not_hears_it_in_one_line()
    {
        await ProduceAsync(Provider.Apns, 0, Some.DeadLetter);
        _topics.Kafka.FailNext(KafkaApi.ListOffsets, [.. Enumerable.Repeat(TopicAuthorizationFailed, 20)]);
        var (code, terminal) = await CommandLine.RunAsync(_topics, "list");
        Assert.Equal(ExitCode.Failure, code);
        Assert.Equal(
            "dispatcher: cannot read push.apns.dead and push.fcm.dead: this user may not (TopicAuthorizationFailed); "
            + "have the topic's ACL allow it, or give another user in Kafka__Properties__sasl.*.\n",
            terminal.Error);
    }

    [Fact]
    public async Task A_right_that_is_taken_away_under_it_ends_it()
    {
        await ProduceAsync(Provider.Apns, 0, Some.DeadLetter);
        var plan = await PlanAsync();
        _topics.Kafka.FailNext(KafkaApi.Fetch, [.. Enumerable.Repeat(TopicAuthorizationFailed, 200)]);
        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => ReadAsync(plan));
        Assert.Contains("TopicAuthorizationFailed", failure.Message, StringComparison.Ordinal);
    }

    private Task ProduceAsync(Provider provider, int partition, DeadLetter letter) =>
        _topics.ProduceAsync(_topics.Connection.Topics.DeadLetters(provider), partition, letter.ToMessage());

    private Task<ScanPlan> PlanAsync() => ScanPlan.MakeAsync(_topics.Connection, DeadLetterFilter.All);

    private async Task<List<DeadLetterRecord>> ReadAsync(ScanPlan plan)
    {
        var letters = new List<DeadLetterRecord>();
        await foreach (var record in new DeadLetterScan(_topics.Connection, plan).ReadAsync(DeadLetterFilter.All, CancellationToken.None))
            letters.Add(record);
        return letters;
    }
}
