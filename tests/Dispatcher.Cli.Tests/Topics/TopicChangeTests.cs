using Dispatcher.Cli.Topics;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.Tests.Topics;

public sealed class TopicChangeTests
{
    private static readonly IReadOnlyList<TopicPlan> Plans = TopicPlan.All(new TopicNames("push"), 12, 3);

    [Fact]
    public void Where_nothing_is_everything_is_created()
    {
        var changes = TopicChange.Needed(Plans, new Dictionary<string, TopicState>(), 3, grows: false, alters: false);
        Assert.Equal(new TopicNames("push").All, changes.Select(change => change.Topic.Name));
        Assert.Contains(
            "create push.tokens: 3 partitions, 3 copies, cleanup.policy=compact, min.insync.replicas=2", changes.Select(change => change.Text));
        Assert.Contains(
            "create push.apns.dead: 12 partitions, 3 copies, cleanup.policy=delete, min.insync.replicas=2, retention.ms=1209600000, retention.bytes=-1",
            changes.Select(change => change.Text));
    }

    [Fact]
    public void What_is_as_planned_is_left_alone_whatever_is_asked() =>
        Assert.Empty(TopicChange.Needed(Plans, TopicProblemTests.AsPlanned(), 3, grows: true, alters: true));

    [Fact]
    public void What_exists_changes_only_when_asked_and_never_shrinks()
    {
        var states = TopicProblemTests.AsPlanned();
        states["push.apns.urgent"] = states["push.apns.urgent"] with { Partitions = 4 };
        states["push.apns.bulk"] = states["push.apns.bulk"] with { Partitions = 40 };
        states["push.tokens"] = states["push.tokens"] with
        {
            Settings = new Dictionary<string, string>(states["push.tokens"].Settings!) { ["cleanup.policy"] = "delete" },
        };
        Assert.Empty(Texts(states, grows: false, alters: false));
        Assert.Equal(["grow push.apns.urgent: from 4 to 12 partitions"], Texts(states, grows: true, alters: false));
        Assert.Equal(["alter push.tokens: cleanup.policy=compact"], Texts(states, grows: false, alters: true));
    }

    [Fact]
    public void A_retention_that_is_longer_than_planned_is_somebodys_intention()
    {
        var states = TopicProblemTests.AsPlanned();
        foreach (var retention in (string[])["-1", "31536000000"])
        {
            states["push.results"] = states["push.results"] with
            {
                Settings = new Dictionary<string, string>(states["push.results"].Settings!) { ["retention.ms"] = retention },
            };
            Assert.Empty(Texts(states, grows: false, alters: true));
        }
    }

    [Fact]
    public void One_broker_gets_one_copy_and_a_bound_that_it_can_meet() => Assert.All(
        TopicPlan.All(new TopicNames("push"), 12, replication: 1), plan => Assert.Equal("1", plan.Settings["min.insync.replicas"]));

    private static IEnumerable<string> Texts(Dictionary<string, TopicState> states, bool grows, bool alters) =>
        TopicChange.Needed(Plans, states, 3, grows, alters).Select(change => change.Text);
}
