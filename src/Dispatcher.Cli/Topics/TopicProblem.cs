using Dispatcher.Cli.Arguments;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Topics;

/// <summary>Something that is off about a topic.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="IsSevere">Whether pushes are lost or stand still because of it; otherwise they may some day.</param>
/// <param name="Text">What is off, and why it matters.</param>
internal sealed record TopicProblem(string Topic, bool IsSevere, string Text)
{
    private static readonly TimeSpan LeastRetention = TimeSpan.FromDays(1);

    /// <summary>What is off about all of them.</summary>
    /// <param name="plans">How they should be.</param>
    /// <param name="states">How they are, by name.</param>
    /// <param name="brokers">How many brokers the cluster has.</param>
    /// <param name="longestWait">The longest wait of the delay tiers.</param>
    public static IReadOnlyList<TopicProblem> Find(
        IReadOnlyList<TopicPlan> plans, IReadOnlyDictionary<string, TopicState> states, int brokers, TimeSpan longestWait)
    {
        var longestPush = plans.Where(plan => plan.Role == TopicRole.Lane)
            .Max(plan => states.GetValueOrDefault(plan.Name)?.Number(TopicPlan.MaxMessageBytes)) ?? PushLimits.MaxRecordBytes;
        return
        [
            .. from plan in plans
               from problem in states.TryGetValue(plan.Name, out var state)
                   ? Of(plan, state, brokers, longestWait, longestPush)
                   : [(true, "is missing: `dispatcher topics create` makes it; API and workers do not start without it")]
               select new TopicProblem(plan.Name, problem.IsSevere, problem.Text),
        ];
    }

    private static IEnumerable<(bool IsSevere, string Text)> Of(TopicPlan plan, TopicState state, int brokers, TimeSpan longestWait, long longestPush)
    {
        if (state.Leaderless > 0)
            yield return (true, $"has {state.Leaderless} partitions that no broker serves: bring their brokers back");
        if (state.Replicas < 2 && brokers > 1)
            yield return (false, "has one copy: what is in it is gone with its broker. Kafka's kafka-reassign-partitions.sh adds copies");
        foreach (var problem in OfReplication(state))
            yield return problem;
        foreach (var problem in OfCleanup(plan, state))
            yield return problem;
        foreach (var problem in OfRetention(plan, state, longestWait))
            yield return problem;
        if (state.Number(TopicPlan.MaxMessageBytes) is { } longest)
        {
            if (plan.Role == TopicRole.Lane && longest < PushLimits.MaxRecordBytes)
                yield return (true, $"takes records of {longest} bytes, and a push may have {PushLimits.MaxRecordBytes}: the API answers 503 to those. Raise {TopicPlan.MaxMessageBytes}");
            if (plan.Role == TopicRole.DeadLetters && longest < longestPush)
                yield return (false, $"takes records of {longest} bytes, a lane {longestPush}: a longer one becomes a dead letter without its value. Raise {TopicPlan.MaxMessageBytes}");
            if (plan.Role == TopicRole.Delay && longest < longestPush)
                yield return (false, $"takes records of {longest} bytes, a lane {longestPush}: a longer push cannot wait and becomes a dead letter. Raise {TopicPlan.MaxMessageBytes}");
        }
    }

    private static IEnumerable<(bool IsSevere, string Text)> OfReplication(TopicState state)
    {
        if (state.Number(TopicPlan.MinInSync) is not { } least)
            yield break;
        if (state.InSync < least)
            yield return (true, $"has {state.InSync} copies in sync and needs {least}: it takes no records until a broker is back");
        else if (state.Replicas > 1 && least >= state.Replicas)
            yield return (false, $"needs all of its {state.Replicas} copies in sync: one broker away stops it. {TopicPlan.MinInSync}={state.Replicas - 1} leaves room");
        else if (state.Replicas >= TopicPlan.UsualReplication && least < 2)
            yield return (false, $"acknowledges what one broker has: it may be lost with it. Set {TopicPlan.MinInSync}=2");
        if (state.Setting(TopicPlan.UncleanElection) == "true")
            yield return (false, $"may forget acknowledged records: set {TopicPlan.UncleanElection}=false");
    }

    private static IEnumerable<(bool IsSevere, string Text)> OfCleanup(TopicPlan plan, TopicState state)
    {
        if (state.Setting(TopicPlan.CleanupPolicy) is not { } policy)
            yield break;
        var isCompacted = policy.Contains("compact", StringComparison.Ordinal);
        if (plan.Role == TopicRole.Tokens && !isCompacted)
            yield return (false, $"has {TopicPlan.CleanupPolicy}={policy}: dead tokens are forgotten after its retention. Set it to compact");
        else if (plan.Role != TopicRole.Tokens && isCompacted)
            yield return (true, $"has {TopicPlan.CleanupPolicy}={policy}: it refuses records without a key, which pushes are. Set it to delete");
    }

    private static IEnumerable<(bool IsSevere, string Text)> OfRetention(TopicPlan plan, TopicState state, TimeSpan longestWait)
    {
        if (plan.Role == TopicRole.Tokens)
            yield break;
        if (state.Number(TopicPlan.RetentionMs) is >= 0 and var milliseconds)
        {
            var retention = milliseconds < TimeSpan.MaxValue.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : TimeSpan.MaxValue;
            if (plan.Role == TopicRole.Delay && retention <= longestWait)
                yield return (true, $"keeps records for {Words(retention)}, and pushes wait up to {Words(longestWait)} in it: they are lost. Raise {TopicPlan.RetentionMs}");
            else if (plan.Role == TopicRole.Schedule && retention < TimeSpan.FromDays(PushLimits.MaxDaysAhead))
                yield return (true, $"keeps records for {Words(retention)}, and pushes may be {PushLimits.MaxDaysAhead} days ahead: what is gone cannot be cancelled, or is sent although it was. Raise {TopicPlan.RetentionMs}");
            else if (retention < LeastRetention)
                yield return (false, $"keeps records for {Words(retention)}: {AtRisk(plan.Role)}. Raise {TopicPlan.RetentionMs}");
        }

        if (plan.Role is TopicRole.Lane or TopicRole.Delay && state.Number(TopicPlan.RetentionBytes) is >= 0)
            yield return (false, $"has a bound by size: a backlog larger than that loses its oldest pushes. Set {TopicPlan.RetentionBytes}=-1");
    }

    private static string AtRisk(TopicRole role) => role switch
    {
        TopicRole.DeadLetters => "so long you have to replay a dead letter",
        TopicRole.Results => "a service that is away for longer misses results",
        _ => "an outage that lasts longer loses pushes",
    };

    private static string Words(TimeSpan time) => time == TimeSpan.MaxValue ? "ever" : Duration.Text(time);
}
