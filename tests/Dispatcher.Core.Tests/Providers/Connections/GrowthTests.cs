using Dispatcher.Core.Providers.Connections;

namespace Dispatcher.Core.Tests.Providers.Connections;

public sealed class GrowthTests
{
    [Theory]
    [InlineData(0, 50, 0)]
    [InlineData(1_000_000, 0, 0)]
    [InlineData(1_000_000, 50, 1)]   // 50 KB under way fit into one window of 64
    [InlineData(4_000_000, 50, 4)]   // 1,000 pushes of 4 KB a second, half the world away
    [InlineData(40_000_000, 100, 62)]
    public void Bytes_under_way_need_their_windows(double bytesPerSecond, int roundTripMs, int connections) =>
        Assert.Equal(connections, Growth.ConnectionsFor(bytesPerSecond, TimeSpan.FromMilliseconds(roundTripMs)));

    [Theory]
    [InlineData(67, 90, false)]
    [InlineData(68, 90, true)]
    [InlineData(1, 1, true)]
    [InlineData(0, 0, true)] // the peer allows none
    public void Three_quarters_of_the_streams_are_a_crowd(int inUse, int allowed, bool isCrowded) =>
        Assert.Equal(isCrowded, Growth.IsCrowded(inUse, allowed));
}
