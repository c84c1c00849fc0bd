using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class TopicNamesTests
{
    [Fact]
    public void There_is_a_topic_for_each_purpose() =>
        Assert.Equal(
            [
                "push.apns.urgent", "push.apns.bulk", "push.fcm.urgent", "push.fcm.bulk", "push.delay.10s", "push.delay.1m", "push.delay.10m",
                "push.delay.1h", "push.apns.dead", "push.fcm.dead", "push.results", "push.tokens", "push.scheduled", "push.cancels",
            ],
            new TopicNames(TopicNames.DefaultPrefix).All);

    [Fact]
    public void All_start_with_the_prefix()
    {
        var topics = new TopicNames("staging.push");

        Assert.All(topics.All, topic => Assert.StartsWith("staging.push.", topic, StringComparison.Ordinal));
        Assert.Equal("staging.push.fcm.bulk", topics.Pushes(new Lane(Provider.Fcm, PushClass.Bulk)));
        Assert.Equal("staging.push.apns.dead", topics.DeadLetters(Provider.Apns));
    }
}
