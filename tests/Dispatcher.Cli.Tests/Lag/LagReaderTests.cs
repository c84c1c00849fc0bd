using Confluent.Kafka;
using Dispatcher.Cli.Lag;
using Dispatcher.Cli.Tests.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Testing;

namespace Dispatcher.Cli.Tests.Lag;

public sealed class LagReaderTests : IDisposable
{
    private static readonly DateTimeOffset Taken = new(2026, 11, 21, 3, 15, 2, TimeSpan.Zero);

    private readonly InMemoryTopics _topics = new(partitions: 2);
    private readonly string _lane;

    public LagReaderTests() => _lane = _topics.Connection.Topics.Pushes(Lane.All[0]);

    public void Dispose() => _topics.Dispose();

    [Fact]
    public async Task Lag_is_what_the_group_has_not_committed()
    {
        await ProduceAsync(_lane, 0, 5);
        await ProduceAsync(_lane, 1, 2);
        Commit($"dispatcher.{_lane}", new TopicPartitionOffset(_lane, 0, 3));

        var lane = (await ReadAsync()).Lanes[0];
        Assert.Equal(("apns.urgent", 2 + 2, 2), (lane.Lane, lane.Lag, lane.Behind));
        Assert.Equal([(0L, 5L, 3L, 2L), (0, 2, null, 2)], lane.Partitions.Select(each => (each.Start, each.End, each.Committed, each.Lag)));
    }

    /// <summary>Of each partition by itself, and of one that is settled none at all.</summary>
    [Fact]
    public async Task Age_is_that_of_the_record_at_the_committed_offset()
    {
        await ProduceAsync(_lane, 0, 5);
        await ProduceAsync(_lane, 1, 2);
        Commit($"dispatcher.{_lane}", new(new TopicPartition(_lane, 0), 3), new(new TopicPartition(_lane, 1), 2));

        var reading = await ReadAsync(now: Taken.AddSeconds(3 + 60));
        Assert.Equal([Taken.AddSeconds(3), null], reading.Lanes[0].Partitions.Select(each => each.OldestAt));
        Assert.Equal(TimeSpan.FromMinutes(1), reading.Age(reading.Lanes[0]));
    }

    [Fact]
    public async Task Each_lane_has_its_own_place_in_the_delay_tiers()
    {
        var tier = _topics.Connection.Topics.Delays.Topics[1];
        await ProduceAsync(tier, 0, 4);
        Commit($"dispatcher.{_lane}.delay", new TopicPartitionOffset(tier, 0, 4));
        Commit($"dispatcher.{_topics.Connection.Topics.Pushes(Lane.All[1])}.delay", new TopicPartitionOffset(tier, 0, 1));

        var reading = await ReadAsync(now: Taken.AddSeconds(11));
        Assert.Equal([0, 3, 4, 4], reading.Delays.Select(delay => delay.Lag));
        Assert.Equal([null, 10, 11, 11], reading.Delays.Select(delay => reading.Age(delay)?.TotalSeconds));
    }

    [Fact]
    public async Task A_second_reading_follows_what_was_committed_since()
    {
        await ProduceAsync(_lane, 0, 5);
        using var reader = new LagReader(_topics.Connection, new FakeTimeProvider(Taken));
        Assert.Equal(5, (await reader.ReadAsync(CancellationToken.None)).Lanes[0].Lag);
        Commit($"dispatcher.{_lane}", new TopicPartitionOffset(_lane, 0, 4));
        var lane = (await reader.ReadAsync(CancellationToken.None)).Lanes[0];
        Assert.Equal((1, Taken.AddSeconds(4)), (lane.Lag, lane.OldestAt));
    }

    [Fact]
    public async Task Dead_letters_are_counted()
    {
        await ProduceAsync(_topics.Connection.Topics.DeadLetters(Provider.Fcm), 1, 3);
        Assert.Equal([("apns", 0L), ("fcm", 3L)], (await ReadAsync()).DeadLetters.Select(each => (each.Key, each.Value)));
    }

    [Fact]
    public async Task In_memory_Kafka_does_not_say_who_has_what_and_everything_else_is_there()
    {
        var reading = await ReadAsync();
        Assert.Contains("does not say which worker", reading.OwnersProblem, StringComparison.Ordinal);
        Assert.Equal(8, reading.Lanes.Sum(lane => lane.Partitions.Count));
    }

    private async Task<LagReading> ReadAsync(DateTimeOffset? now = null)
    {
        using var reader = new LagReader(_topics.Connection, new FakeTimeProvider(now ?? Taken));
        return await reader.ReadAsync(CancellationToken.None);
    }

    /// <summary>The n-th record is taken n seconds after the first.</summary>
    private async Task ProduceAsync(string topic, int partition, int count)
    {
        for (var i = 0; i < count; i++)
            await _topics.ProduceAsync(topic, partition, new() { Value = "{}"u8.ToArray(), Timestamp = new Timestamp(Taken.AddSeconds(i)) });
    }

    private void Commit(string group, params TopicPartitionOffset[] offsets)
    {
        using var consumer = _topics.Connection.Reader(group);
        consumer.Assign(offsets.Select(offset => offset.TopicPartition));
        consumer.Commit(offsets);
    }
}
