using Dispatcher.Testing;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Tests.Consuming;

public sealed class PartitionTrackerAllocationTests
{
    [Fact]
    public void Tracking_a_push_allocates_nothing()
    {
        var tracker = new PartitionTracker(0);
        var offset = 0L;

        Assert.Equal(0, Allocations.PerCall(() =>
        {
            Assert.True(tracker.TryAdd(offset));
            Assert.True(tracker.TryStart());
            tracker.Complete(offset++);
            tracker.Finish();
            tracker.Advance();
        }));
        Assert.Equal(offset, tracker.Watermark);
    }
}
