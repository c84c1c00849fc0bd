using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Kafka.Backlogs;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Kafka.Backlogs;

public sealed class LaneBacklogTests
{
    private const int Overhead = 150;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_burst_between_two_looks_stays_within_the_bound()
    {
        var lane = Lane(pushes: 1000);
        lane.EndLook(lane.BeginLook(), [(100, 500), (0, 100)]); // 500 wait

        Assert.True(lane.TryEnter(500, 0));
        Assert.False(lane.TryEnter(1, 0));
        for (var i = 0; i < 500; i++)
            lane.Leave(0, Acked(0, 500 + i));
        Assert.False(lane.TryEnter(1, 0)); // Kafka has them, and nobody has settled one
        lane.EndLook(lane.BeginLook(), [(900, 1000), (100, 100)]);
        Assert.Equal(100, lane.Pushes);
        Assert.True(lane.TryEnter(900, 0));
    }

    [Fact]
    public void What_is_acknowledged_while_kafka_is_asked_is_not_forgotten()
    {
        var lane = Lane(pushes: 1000);
        Assert.True(lane.TryEnter(600, 0));

        var begin = lane.BeginLook();
        for (var i = 0; i < 600; i++)
            lane.Leave(0, Acked(0, i));
        lane.EndLook(begin, [(0, 0)]); // the end was read before the first of them

        Assert.Equal(600, lane.Pushes);
        Assert.False(lane.TryEnter(401, 0));
    }

    [Fact]
    public void What_kafka_did_not_take_waits_nowhere()
    {
        var lane = Lane(pushes: 1000);
        Assert.True(lane.TryEnter(1000, 0));
        for (var i = 0; i < 1000; i++)
            lane.Leave(0, new ProduceAnswer(ProduceOutcome.Refused, ErrorCode.Local_MsgTimedOut));
        lane.EndLook(lane.BeginLook(), [(0, 0)]);

        Assert.True(lane.TryEnter(1000, 0));
        lane.TakeBack(1000, 0);
        Assert.Equal(0, lane.Pushes);
    }

    [Fact]
    public void Bulk_has_its_share_of_the_bounds()
    {
        var lane = new LaneBacklog(new BacklogOptions { MaxPushes = 1000 }, share: 0.5, _time);

        Assert.False(lane.TryEnter(501, 0));
        Assert.True(lane.TryEnter(500, 0));
    }

    [Fact]
    public void The_fullest_partition_decides_about_bytes()
    {
        var lane = Lane(bytes: 4 << 20);
        lane.EndLook(lane.BeginLook(), [.. Enumerable.Repeat((0L, 0L), 32)]);
        Publish(lane, partition: 7, offset: 0, count: 400, bytes: 10_000 - Overhead); // 4,000,000

        Assert.False(lane.TryEnter(20, 20 * 10_000));
        Assert.True(lane.TryEnter(1, 10_000));
    }

    [Fact]
    public void Bytes_that_are_settled_make_room_to_a_sixty_fourth()
    {
        var lane = Lane(bytes: 4 << 20);
        Publish(lane, 0, offset: 0, count: 400, bytes: 10_000 - Overhead);
        lane.EndLook(lane.BeginLook(), [(300, 400)]);

        Assert.InRange(lane.PartitionBytes, 1_000_000, 1_000_000 + (4 << 20) / 64 + 10_000);
    }

    [Fact]
    public void Small_records_that_follow_large_ones_do_not_make_these_look_small()
    {
        var lane = Lane(bytes: 4 << 20);
        Publish(lane, 0, offset: 0, count: 50, bytes: 60_000);
        Publish(lane, 0, offset: 50, count: 1000, bytes: 50);
        lane.EndLook(lane.BeginLook(), [(0, 1050)]);

        Assert.InRange(lane.PartitionBytes, 50 * 60_000, 4 << 20);
    }

    [Fact]
    public void What_others_published_counts_as_much_as_what_is_like_it()
    {
        var lane = Lane(bytes: 4 << 20);
        Publish(lane, 0, offset: 0, count: 100, bytes: 1000 - Overhead);
        lane.EndLook(lane.BeginLook(), [(0, 1100)]);

        Assert.Equal(1_100_000, lane.PartitionBytes);
    }

    [Fact]
    public void What_is_on_its_way_may_all_be_for_one_partition()
    {
        var lane = Lane(bytes: 4 << 20);

        Assert.True(lane.TryEnter(1, 2 << 20));
        Assert.True(lane.TryEnter(1, (2 << 20) - (2 * Overhead)));
        Assert.False(lane.TryEnter(1, 1));
    }

    [Fact]
    public void A_lane_that_nobody_could_look_at_for_half_a_minute_takes_everything()
    {
        var lane = Lane(pushes: 1000);
        lane.EndLook(lane.BeginLook(), [(0, 5000)]);

        _time.Advance(LaneBacklog.Blind - TimeSpan.FromTicks(1));
        Assert.False(lane.TryEnter(1, 0));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(lane.TryEnter(1, 0));
    }

    [Fact]
    public void Whatever_order_things_happen_in_a_partition_never_holds_more_than_the_bound()
    {
        const long Bound = 1 << 20;
        for (var seed = 0; seed < 50; seed++)
        {
#pragma warning disable RS0030 // seeded
            var random = new Random(seed);
#pragma warning restore RS0030
            var lane = Lane(bytes: Bound);
            var logs = Enumerable.Range(0, 4).Select(_ => new List<long>()).ToArray();
            var committed = new long[4];
            var onTheirWay = new List<(int Partition, long Bytes)>();
            for (var step = 0; step < 3000; step++)
            {
                var bytes = random.Next(3) == 0 ? 30_000 : 200;
                if (random.Next(3) > 0 && lane.TryEnter(1, bytes))
                    onTheirWay.Add((random.Next(5) == 0 ? random.Next(4) : 0, bytes));
                if (onTheirWay.Count > 0 && random.Next(2) == 0)
                {
                    var (partition, size) = onTheirWay[0];
                    onTheirWay.RemoveAt(0);
                    logs[partition].Add(size);
                    lane.Leave(size, Acked(partition, logs[partition].Count - 1));
                }

                if (random.Next(4) == 0)
                    committed[random.Next(4)] += 1;
                if (random.Next(50) == 0)
                {
                    for (var p = 0; p < 4; p++)
                        committed[p] = Math.Min(committed[p], logs[p].Count);
                    lane.EndLook(lane.BeginLook(), [.. logs.Select((log, p) => (committed[p], (long)log.Count))]);
                }

                for (var p = 0; p < 4; p++)
                    Assert.True(logs[p].Skip((int)committed[p]).Sum() <= Bound, $"seed {seed}, step {step}");
            }
        }
    }

    private LaneBacklog Lane(long? pushes = null, long? bytes = null) =>
        new(new BacklogOptions { MaxPushes = pushes, MaxPartitionBytes = bytes }, share: 1, _time);

    private static void Publish(LaneBacklog lane, int partition, long offset, int count, int bytes)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(lane.TryEnter(1, bytes));
            lane.Leave(bytes, Acked(partition, offset + i));
        }
    }

    private static ProduceAnswer Acked(int partition, long offset) => new(ProduceOutcome.Acked, ErrorCode.NoError, partition, offset);
}
