using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Tests.Pushes;

public sealed class LaneTests
{
    [Fact]
    public void There_is_a_lane_for_each_provider_and_class() =>
        Assert.Equal(
            from provider in Enum.GetValues<Provider>() from pushClass in Enum.GetValues<PushClass>() select new Lane(provider, pushClass),
            Lane.All);

    [Fact]
    public void Lanes_have_the_names_that_topics_metrics_and_logs_use()
    {
        Assert.Equal(["apns.urgent", "apns.bulk", "fcm.urgent", "fcm.bulk"], Lane.All.Select(lane => lane.Name));
        Assert.Equal("fcm.bulk", new Lane(Provider.Fcm, PushClass.Bulk).ToString());
    }

    [Fact]
    public void A_lane_that_does_not_exist_has_no_name() =>
        Assert.Throws<InvalidOperationException>(() => new Lane((Provider)7, PushClass.Bulk).Name);
}
