using Dispatcher.Cli.Topics;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.Tests.Topics;

public sealed class TopicProblemTests
{
    private static readonly IReadOnlyList<TopicPlan> Plans = TopicPlan.All(new TopicNames("push"), 12, 3);

    [Fact]
    public void As_planned_is_as_it_should_be() => Assert.Empty(Find(AsPlanned()));

    [Fact]
    public void Every_topic_that_the_services_look_for_is_planned() =>
        Assert.Equal(new TopicNames("push").All.Order(StringComparer.Ordinal), Plans.Select(plan => plan.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void A_missing_topic_is_severe()
    {
        var states = AsPlanned();
        states.Remove("push.results");
        var problem = Assert.Single(Find(states));
        Assert.True(problem.IsSevere);
        Assert.StartsWith("is missing", problem.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("push.tokens", "cleanup.policy", "delete", false, "dead tokens are forgotten")]
    [InlineData("push.apns.urgent", "cleanup.policy", "compact", true, "refuses records without a key")]
    [InlineData("push.fcm.bulk", "min.insync.replicas", "1", false, "what one broker has")]
    [InlineData("push.fcm.bulk", "min.insync.replicas", "3", false, "one broker away stops it")]
    [InlineData("push.fcm.bulk", "unclean.leader.election.enable", "true", false, "may forget acknowledged records")]
    [InlineData("push.fcm.bulk", "retention.ms", "3600000", false, "an outage that lasts longer loses pushes")]
    [InlineData("push.delay.1h", "retention.ms", "3600000", true, "wait up to 60m in it: they are lost")]
    [InlineData("push.delay.1h", "retention.bytes", "1000000", false, "loses its oldest pushes")]
    [InlineData("push.cancels", "retention.ms", "604800000", true, "or is sent although it was")]
    [InlineData("push.apns.urgent", "max.message.bytes", "4096", true, "a push may have 65536")]
    [InlineData("push.apns.dead", "max.message.bytes", "70000", false, "without its value")]
    [InlineData("push.delay.10s", "max.message.bytes", "70000", false, "cannot wait")]
    public void A_setting_that_is_off_is_told_with_why_it_matters(string topic, string name, string value, bool isSevere, string why)
    {
        var states = AsPlanned();
        states[topic] = states[topic] with { Settings = new Dictionary<string, string>(states[topic].Settings!) { [name] = value } };
        var problem = Assert.Single(Find(states));
        Assert.Equal((topic, isSevere), (problem.Topic, problem.IsSevere));
        Assert.Contains(why, problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Copies_that_are_away_are_told()
    {
        var states = AsPlanned();
        states["push.results"] = states["push.results"] with { InSync = 1 };
        states["push.tokens"] = states["push.tokens"] with { Leaderless = 2 };
        Assert.Equal(
            [(true, "push.results"), (true, "push.tokens")], Find(states).Select(problem => (problem.IsSevere, problem.Topic)));
    }

    [Fact]
    public void One_copy_on_many_brokers_is_told()
    {
        var states = AsPlanned();
        states["push.results"] = new TopicState("push.results", 12, 1, 1, 0);
        Assert.Contains("one copy", Assert.Single(Find(states)).Text, StringComparison.Ordinal);
        Assert.Empty(TopicProblem.Find(Plans, states, brokers: 1, TimeSpan.FromHours(1)));
    }

    [Fact]
    public void A_broker_that_does_not_tell_its_settings_is_not_blamed_for_them()
    {
        var states = AsPlanned().ToDictionary(state => state.Key, state => state.Value with { Settings = null });
        Assert.Empty(Find(states));
    }

    internal static Dictionary<string, TopicState> AsPlanned() => Plans.ToDictionary(plan => plan.Name, plan => new TopicState(plan.Name, plan.Partitions, 3, 3, 0)
    {
        Settings = new Dictionary<string, string>(plan.Settings) { ["max.message.bytes"] = "1048588", ["unclean.leader.election.enable"] = "false" },
    });

    private static IReadOnlyList<TopicProblem> Find(Dictionary<string, TopicState> states) =>
        TopicProblem.Find(Plans, states, brokers: 3, TimeSpan.FromHours(1));
}
