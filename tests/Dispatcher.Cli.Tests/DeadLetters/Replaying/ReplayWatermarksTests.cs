using Confluent.Kafka;
using Dispatcher.Cli.DeadLetters.Replaying;

namespace Dispatcher.Cli.Tests.DeadLetters.Replaying;

public sealed class ReplayWatermarksTests
{
    private static readonly TopicPartition Partition = new("push.apns.dead", 0);

    private readonly ReplayWatermarks _watermarks = new(new Dictionary<TopicPartition, long> { [Partition] = 10 });

    private long Position => _watermarks.Read().Positions[Partition];

    [Fact]
    public void It_stands_before_the_first_that_is_not_acknowledged()
    {
        var (first, second) = (_watermarks.Begin(Partition, 12, epoch: 1), _watermarks.Begin(Partition, 15, epoch: 2));
        Assert.Equal(10, Position);
        _watermarks.End(Partition, second);
        Assert.Equal((10, 1), (Position, _watermarks.Read().OldestEpoch));
        _watermarks.End(Partition, first);
        Assert.Equal((16, null), (Position, _watermarks.Read().OldestEpoch));
    }

    [Fact]
    public void What_is_passed_over_counts_when_everything_before_it_does()
    {
        _watermarks.Pass(Partition, 11);
        Assert.Equal(11, Position);
        var step = _watermarks.Begin(Partition, 11, epoch: 1);
        _watermarks.Pass(Partition, 20);
        Assert.Equal(11, Position);
        _watermarks.End(Partition, step);
        Assert.Equal(20, Position);
    }

    [Fact]
    public void What_was_found_on_its_lane_keeps_the_lanes_to_be_asked_until_a_commit_can_cover_it()
    {
        var before = _watermarks.Begin(Partition, 10, epoch: 7);
        _watermarks.Find(Partition, 11);
        Assert.Equal((7, true), (_watermarks.Read().OldestEpoch, _watermarks.Read().HasFound));
        _watermarks.End(Partition, before);
        Assert.Equal((12, null, false), (Position, _watermarks.Read().OldestEpoch, _watermarks.Read().HasFound));
    }
}
