using System.Text.Json;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Dispatcher.Cli.Lag;

namespace Dispatcher.Cli.Tests.Lag;

public sealed class LagTableTests
{
    private static readonly LagReading Reading = new(
        Some.Time,
        [
            Group("apns.urgent", Of(0, 0, 1_204_000, 1_202_796) with { OldestAt = Some.Time.AddSeconds(-12.34), Owner = "10.0.0.5#a1b2" }),
            Group("apns.bulk", Of(0, 0, 7, 7) with { Owner = "10.0.0.6#c3d4" }, Of(1, 0, 7, 7) with { Owner = "10.0.0.5#a1b2" }),
            Group("fcm.urgent", Of(0, 50, 60, 20)),
            Group("fcm.bulk"),
        ],
        [Group("apns.urgent", Of(0, 0, 9, 5) with { OldestAt = Some.Time.AddMinutes(-37) }), Group("apns.bulk"), Group("fcm.urgent"), Group("fcm.bulk")],
        new Dictionary<string, long> { ["apns"] = 12_345, ["fcm"] = 0 },
        OwnersProblem: null);

    [Fact]
    public void Each_lane_is_a_line_and_all_of_them_another() => Assert.Equal(
        """
        lane              lag  oldest  behind  workers  delayed at most  oldest
        apns.urgent     1,204   12.3s  1 of 1        1                4     37m
        apns.bulk           0       -  0 of 2        2                0       -
        fcm.urgent         10       -  1 of 1        0                0       -
        fcm.bulk     no topic       -       -        0                0       -
        all             1,214   12.3s  2 of 4        2                4     37m

        dead letters: apns 12,345, fcm 0
        fcm.bulk has no topic: dispatcher topics list says what is missing.
        retention deleted 30 records before dispatcher.push.fcm.urgent had settled them: they are lost.
        """,
        string.Join('\n', LagTable.Lines(Reading)));

    [Fact]
    public void Partitions_are_lines_that_fit_eighty_columns()
    {
        var lines = LagTable.PartitionLines(Reading, width: 80).ToArray();
        Assert.Contains("push.apns.urgent/0              1204000    1202796  1204   12.3s  10.0.0.5#a1b2", lines);
        Assert.Contains("apns.urgent push.apns.urgent/0        9          5     4     37m  -", lines);
        Assert.All(lines.Take(6), line => Assert.True(line.Length <= 80, line));
        Assert.Contains("start", LagTable.PartitionLines(Reading, width: int.MaxValue).First(), StringComparison.Ordinal);
    }

    [Fact]
    public void Scripts_get_a_line_for_each_lane_its_delayed_pushes_and_each_providers_dead_letters()
    {
        var lines = LagLine.Of(Reading, withPartitions: false).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(4 + 4 + 2, lines.Length);
        Assert.Equal(("lane", "apns.urgent", 1204L, 12.34), (
            lines[0].GetProperty("kind").GetString(), lines[0].GetProperty("name").GetString(), lines[0].GetProperty("lag").GetInt64(), lines[0].GetProperty("oldestSeconds").GetDouble()));
        Assert.False(lines[0].TryGetProperty("partitions", out _));
        Assert.Equal(1_202_796, JsonDocument.Parse(LagLine.Of(Reading, withPartitions: true).First()).RootElement.GetProperty("partitions")[0].GetProperty("committed").GetInt64());
    }

    [Theory]
    [InlineData(2000, null, 0)]
    [InlineData(1000, null, 1)]
    [InlineData(5, null, 2)]
    [InlineData(null, 60, 1)]
    [InlineData(null, 5, 2)]
    public void A_lane_above_a_limit_is_told_and_an_age_that_nobody_knows_is_above_any(int? maxLag, int? maxAgeSeconds, int told)
    {
        var limits = new LagLimits(maxLag, maxAgeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        Assert.Equal(told + 1, limits.Exceeded(Reading).Count()); // and the lane without a topic
    }

    [Fact]
    public void Owners_are_where_Kafka_says_they_are()
    {
        GroupLag[] groups = [Group("apns.bulk", Of(0, 0, 7, 7), Of(1, 0, 7, 7))];
        var description = new ConsumerGroupDescription
        {
            GroupId = "dispatcher.push.apns.bulk",
            Error = new Error(ErrorCode.NoError),
            Members =
            [
                new MemberDescription
                {
                    ConsumerId = "dispatcher-0b2c-99a1", Host = "/10.0.0.7", ClientId = "dispatcher",
                    Assignment = new MemberAssignment { TopicPartitions = [new TopicPartition("push.apns.urgent", 1)] },
                },
            ],
        };
        Assert.Equal([null, "10.0.0.7#99a1"], GroupOwners.Add(groups, [description])[0].Partitions.Select(partition => partition.Owner));
    }

    [Theory]
    [InlineData(0.1234, "123ms")]
    [InlineData(12.34, "12.3s")]
    [InlineData(150, "2.5m")]
    [InlineData(86_400, "24h")]
    public void Ages_have_the_digits_that_matter(double seconds, string text) =>
        Assert.Equal(text, Dispatcher.Cli.Arguments.Duration.Text(LagTable.Rounded(TimeSpan.FromSeconds(seconds))));

    private static PartitionLag Of(int partition, long start, long end, long? committed) =>
        new(new TopicPartition("push.apns.urgent", partition), start, end, committed);

    private static GroupLag Group(string lane, params PartitionLag[] partitions) => new(lane, $"dispatcher.push.{lane}", partitions);
}
