using Dispatcher.Core.Kafka.Backlogs;

namespace Dispatcher.Core.Tests.Kafka.Backlogs;

public sealed class BacklogOptionsTests
{
    [Fact]
    public void Without_a_bound_nothing_is_bounded()
    {
        Assert.False(new BacklogOptions().IsBounded);
        Assert.Empty(new BacklogOptions().Validate());
    }

    [Theory]
    [InlineData(1000, 1_048_576, 0.05, 0.1)]
    [InlineData(10_000_000_000, 1L << 40, 1, 60)]
    public void The_edges_belong_to_the_range(long pushes, long bytes, double share, double seconds) => Assert.Empty(new BacklogOptions
    {
        MaxPushes = pushes,
        MaxPartitionBytes = bytes,
        BulkShare = share,
        LookInterval = TimeSpan.FromSeconds(seconds),
    }.Validate());

    [Theory]
    [InlineData(999, 1_048_576, 0.5, 1, "Backlog:MaxPushes 999 must be 1,000 to 10,000,000,000.")]
    [InlineData(1000, 1_048_575, 0.5, 1, "Backlog:MaxPartitionBytes 1048575 must be 1,048,576 to 1,099,511,627,776.")]
    [InlineData(1000, 1_048_576, 0.04, 1, "Backlog:BulkShare 0.04 must be 0.05 to 1.")]
    [InlineData(1000, 1_048_576, double.NaN, 1, "Backlog:BulkShare NaN must be 0.05 to 1.")]
    [InlineData(1000, 1_048_576, 0.5, 61, "Backlog:LookInterval 00:01:01 must be 0.1 s to 1 min.")]
    public void What_is_beyond_is_named(long pushes, long bytes, double share, double seconds, string problem) => Assert.Equal([problem], new BacklogOptions
    {
        MaxPushes = pushes,
        MaxPartitionBytes = bytes,
        BulkShare = share,
        LookInterval = TimeSpan.FromSeconds(seconds),
    }.Validate());
}
