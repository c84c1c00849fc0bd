using System.Globalization;
using System.Text.Json;
using Dispatcher.Cli.DeadLetters;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Tests.DeadLetters;

public sealed class ManyDeadLettersTests(ManyDeadLetters many) : IClassFixture<ManyDeadLetters>
{
    [Fact]
    public async Task Each_is_read_once_and_those_of_a_partition_in_order()
    {
        var plan = await ScanPlan.MakeAsync(many.Topics.Connection, DeadLetterFilter.All);
        var scan = new DeadLetterScan(many.Topics.Connection, plan, readers: 3);
        var seen = new HashSet<Guid>(ManyDeadLetters.Count);
        var last = new Dictionary<Confluent.Kafka.TopicPartition, long>();
        await foreach (var record in scan.ReadAsync(DeadLetterFilter.All, CancellationToken.None))
        {
            Assert.True(seen.Add(record.PushId!.Value));
            Assert.True(record.Position.Offset > last.GetValueOrDefault(record.Position.TopicPartition, -1));
            last[record.Position.TopicPartition] = record.Position.Offset;
        }

        Assert.Equal(ManyDeadLetters.Count, seen.Count);
        Assert.Equal(ManyDeadLetters.Count, plan.Length);
        Assert.Equal(plan.Length, scan.Done);
    }

    [Fact]
    public async Task Grouped_by_reason_and_app_every_one_is_counted()
    {
        var (code, terminal) = await CommandLine.RunAsync(many.Topics, "list", "--by", "reason,app", "--json");
        Assert.Equal(ExitCode.Success, code);
        var groups = terminal.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToArray();
        Assert.Equal(ManyDeadLetters.Apps * ManyDeadLetters.Reasons, groups.Length);
        Assert.All(groups, group => Assert.Equal(ManyDeadLetters.Count / groups.Length, group.GetProperty("count").GetInt32()));
        Assert.Equal(Some.Time, groups.Min(group => group.GetProperty("first").GetDateTimeOffset()));
        Assert.Equal(Some.Time.AddMilliseconds(ManyDeadLetters.Count - 1), groups.Max(group => group.GetProperty("last").GetDateTimeOffset()));
    }

    [Fact]
    public async Task The_newest_are_the_newest_of_all_partitions()
    {
        var (_, terminal) = await CommandLine.RunAsync(many.Topics, "list", "--limit", "3", "--json");
        Assert.Equal([ManyDeadLetters.Count - 3, ManyDeadLetters.Count - 2, ManyDeadLetters.Count - 1], Numbers(terminal));
    }

    [Fact]
    public async Task The_oldest_come_first_when_asked_for()
    {
        var (_, terminal) = await CommandLine.RunAsync(many.Topics, "list", "--limit", "3", "--oldest", "--json");
        Assert.Equal([0, 1, 2], Numbers(terminal));
    }

    [Fact]
    public async Task A_filter_finds_what_it_should_and_nothing_else()
    {
        var since = Some.Time.AddMilliseconds(100_000).ToString("O", CultureInfo.InvariantCulture);
        var (_, terminal) = await CommandLine.RunAsync(
            many.Topics, "list", "--all", "--app", "app-1,app-3", "--reason", "Reason2", "--attempts", "2", "--provider", "fcm", "--since", since);
        var expected = Enumerable.Range(100_000, 100_000).Where(n => n % 2 == 1 && n % 5 == 2 && n % 3 == 2);
        Assert.Equal(expected, Numbers(terminal).Order());
    }

    [Fact]
    public async Task A_token_is_found_by_its_content()
    {
        var (_, terminal) = await CommandLine.RunAsync(many.Topics, "list", "--token", 123_456.ToString("x16", CultureInfo.InvariantCulture), "--json");
        Assert.Equal([123_456], Numbers(terminal));
        Assert.DoesNotContain("000000000001e240", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_is_shown_by_its_id_and_by_the_position_that_a_listing_has()
    {
        var (_, byId) = await CommandLine.RunAsync(many.Topics, "show", $"{ManyDeadLetters.Id(77_777)}", "--json");
        var position = JsonElement.Parse(byId.Out).GetProperty("position").GetString()!;
        var (code, byPosition) = await CommandLine.RunAsync(many.Topics, "show", position, "--json");
        Assert.Equal(ExitCode.Success, code);
        Assert.Equal(byId.Out, byPosition.Out);
        Assert.Equal("77777", JsonElement.Parse(byId.Out).GetProperty("content").GetProperty("data").GetProperty("n").GetString());
    }

    [Fact]
    public async Task A_scan_that_is_left_early_lets_go()
    {
        var plan = await ScanPlan.MakeAsync(many.Topics.Connection, DeadLetterFilter.All);
        var scan = new DeadLetterScan(many.Topics.Connection, plan, readers: 2);
        await foreach (var record in scan.ReadAsync(DeadLetterFilter.All, CancellationToken.None))
        {
            Assert.NotNull(record.PushId);
            break;
        }

        Assert.InRange(scan.Done, 1, plan.Length / 2); // its bound held the readers back, and they ended
    }

    private static IEnumerable<int> Numbers(TestTerminal terminal) => terminal.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => JsonElement.Parse(line).GetProperty("id").GetGuid())
        .Select(id => BitConverter.ToInt32(id.ToByteArray()));
}
