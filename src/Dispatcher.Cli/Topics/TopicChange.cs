namespace Dispatcher.Cli.Topics;

/// <summary>One thing to do to a cluster so that it is as planned. Nothing here takes anything away.</summary>
/// <param name="Topic">The topic.</param>
internal abstract record TopicChange(TopicPlan Topic)
{
    /// <summary>What <c>--dry-run</c> prints.</summary>
    public abstract string Text { get; }

    /// <summary>What is to be done.</summary>
    /// <param name="plans">How the topics should be.</param>
    /// <param name="states">How they are, by name.</param>
    /// <param name="replication">Copies of what is created.</param>
    /// <param name="grows">Whether topics with fewer partitions than planned get more.</param>
    /// <param name="alters">Whether settings that are not as planned are set.</param>
    public static IReadOnlyList<TopicChange> Needed(
        IReadOnlyList<TopicPlan> plans, IReadOnlyDictionary<string, TopicState> states, int replication, bool grows, bool alters)
    {
        var changes = new List<TopicChange>();
        foreach (var plan in plans)
        {
            if (!states.TryGetValue(plan.Name, out var state))
            {
                changes.Add(new CreateTopic(plan, replication));
                continue;
            }

            if (grows && state.Partitions < plan.Partitions)
                changes.Add(new GrowTopic(plan, state.Partitions));
            var off = plan.Settings.Where(setting => Differs(setting.Key, setting.Value, state)).ToDictionary();
            if (alters && off.Count > 0)
                changes.Add(new AlterTopic(plan, off));
        }

        return changes;
    }

    private static bool Differs(string name, string value, TopicState state) => name switch
    {
        // Its plan depends on the copies that the topic really has, and a bound above our own is somebody's intention.
        TopicPlan.MinInSync => state.Number(name) < (state.Replicas >= TopicPlan.UsualReplication ? 2 : 1),
        TopicPlan.RetentionMs => state.Number(name) is >= 0 and var retention && retention < long.Parse(value, System.Globalization.CultureInfo.InvariantCulture),
        _ => state.Setting(name) is { } actual && actual != value,
    };
}

/// <summary>A topic that is missing.</summary>
internal sealed record CreateTopic(TopicPlan Topic, int Replication) : TopicChange(Topic)
{
    public override string Text =>
        $"create {Topic.Name}: {Topic.Partitions} partitions, {Replication} {(Replication == 1 ? "copy" : "copies")}, "
        + string.Join(", ", Topic.Settings.Select(setting => $"{setting.Key}={setting.Value}"));
}

/// <summary>A topic with too few partitions. There is no key to keep in order, so more of them do no harm.</summary>
internal sealed record GrowTopic(TopicPlan Topic, int Partitions) : TopicChange(Topic)
{
    public override string Text => $"grow {Topic.Name}: from {Partitions} to {Topic.Partitions} partitions";
}

/// <summary>A topic with other settings.</summary>
internal sealed record AlterTopic(TopicPlan Topic, IReadOnlyDictionary<string, string> Settings) : TopicChange(Topic)
{
    public override string Text => $"alter {Topic.Name}: {string.Join(", ", Settings.Select(setting => $"{setting.Key}={setting.Value}"))}";
}
