using System.Text.Json;
using Dispatcher.Cli.Output;
using Dispatcher.Simulator.Kafka;
using Dispatcher.Testing;

namespace Dispatcher.Cli.Tests.Topics;

public sealed class TopicsCommandTests : IDisposable
{
    private readonly TestTerminal _terminal = new();
    private readonly InMemoryKafka _kafka = InMemoryKafka.Start();

    public TopicsCommandTests()
    {
        foreach (var topic in new Core.Kafka.TopicNames("mine").All.Where(topic => topic != "mine.tokens"))
            _kafka.CreateTopic(topic, partitions: 2);
    }

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task What_exists_stands_against_what_should()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync("list", "--topic-prefix", "mine"));
        Assert.Contains("mine.apns.urgent           2       1        1  -               -         -  ok", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("fail  mine.tokens is missing: `dispatcher topics create` makes it", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("settings: this Kafka does not tell its topics' settings", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_of_them_there_is_a_success()
    {
        _kafka.CreateTopic("mine.tokens", partitions: 1);
        Assert.Equal(ExitCode.Success, await RunAsync("list", "--topic-prefix", "mine"));
    }

    [Fact]
    public async Task Scripts_get_a_line_a_topic()
    {
        await RunAsync("list", "--topic-prefix", "mine", "--json");
        var lines = _terminal.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(14, lines.Length);
        var missing = Assert.Single(lines, line => !line.GetProperty("exists").GetBoolean());
        Assert.Equal(("mine.tokens", "fail"), (missing.GetProperty("topic").GetString(), missing.GetProperty("problems")[0].GetProperty("level").GetString()));
    }

    [Fact]
    public async Task A_dry_run_says_what_is_missing_and_does_nothing()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("create", "--topic-prefix", "mine", "--dry-run"));
        Assert.Equal(
            "create mine.tokens: 3 partitions, 1 copy, cleanup.policy=compact, min.insync.replicas=1\n1 to do, and nothing done (--dry-run).\n", _terminal.Out);
        Assert.Equal(ExitCode.Failure, await RunAsync("list", "--topic-prefix", "mine"));
    }

    [Fact]
    public async Task A_Kafka_that_cannot_create_topics_is_one_line()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync("create", "--topic-prefix", "mine"));
        Assert.Contains("cannot create mine.tokens: it is too old, or in memory", _terminal.Error, StringComparison.Ordinal);
        Assert.Equal(1, _terminal.Error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task More_partitions_are_given_only_when_asked()
    {
        _kafka.CreateTopic("mine.tokens", partitions: 1);
        Assert.Equal(ExitCode.Success, await RunAsync("create", "--topic-prefix", "mine", "--partitions", "4", "--dry-run"));
        Assert.Contains("Nothing to do: every topic is there.\nSome topics have fewer partitions: --grow", _terminal.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync("create", "--topic-prefix", "mine", "--partitions", "4", "--grow", "--dry-run"));
        Assert.Contains("grow mine.apns.urgent: from 2 to 4 partitions\n", _terminal.Out, StringComparison.Ordinal);
    }

    private Task<int> RunAsync(params string[] arguments) => new CommandTree(_terminal.Terminal, new FakeTimeProvider(), static () => 0.5)
        .RunAsync(["topics", .. arguments, "--kafka", _kafka.BootstrapServers], CancellationToken.None);
}
