using System.Globalization;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Topics;

/// <summary>What a topic is for.</summary>
internal enum TopicRole
{
    Lane,
    Delay,
    DeadLetters,
    Results,
    Tokens,
    Schedule,
}

/// <summary>
/// A topic as it should be: the one place that says which topics there are and with which settings. <c>up</c>, <c>topics</c> and
/// docs/operations.md follow it.
/// </summary>
/// <param name="Name">The topic.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Partitions">How many it is created with.</param>
/// <param name="Settings">What it is created with, by Kafka's names.</param>
internal sealed record TopicPlan(string Name, TopicRole Role, int Partitions, IReadOnlyDictionary<string, string> Settings)
{
    public const string CleanupPolicy = "cleanup.policy";
    public const string MinInSync = "min.insync.replicas";
    public const string RetentionMs = "retention.ms";
    public const string RetentionBytes = "retention.bytes";
    public const string MaxMessageBytes = "max.message.bytes";
    public const string UncleanElection = "unclean.leader.election.enable";

    /// <summary>Kafka's "without end".</summary>
    public const string Unlimited = "-1";

    /// <summary>From so many copies on, one may be away and a record still has two.</summary>
    public const int UsualReplication = 3;

    /// <summary>Dead tokens are few, and one service reads them.</summary>
    private const int MostTokenPartitions = 3;

    /// <summary>Everybody reads what is scheduled and cancelled whole, so that partitions divide no work.</summary>
    private const int MostSchedulePartitions = 3;

    /// <summary>How long what is scheduled and cancelled has to be known: until it is due, and a week longer for workers that are away then.</summary>
    public static readonly TimeSpan ScheduleRetention = TimeSpan.FromDays(PushLimits.MaxDaysAhead + 7);

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan TwoWeeks = TimeSpan.FromDays(14);

    /// <summary>Every topic.</summary>
    /// <param name="names">Their names.</param>
    /// <param name="partitions">Partitions of each.</param>
    /// <param name="replication">Copies of each.</param>
    public static IReadOnlyList<TopicPlan> All(TopicNames names, int partitions, int replication) =>
    [
        .. Lane.All.Select(lane => Of(names.Pushes(lane), TopicRole.Lane, partitions, replication, Week)),
        .. names.Delays.Topics.Select(tier => Of(tier, TopicRole.Delay, partitions, replication, Week)),
        .. Enum.GetValues<Provider>().Select(provider => Of(names.DeadLetters(provider), TopicRole.DeadLetters, partitions, replication, TwoWeeks)),
        Of(names.Results, TopicRole.Results, partitions, replication, Week),
        Of(names.Tokens, TopicRole.Tokens, Math.Min(partitions, MostTokenPartitions), replication, retention: null),
        .. new[] { names.Scheduled, names.Cancels }.Select(
            topic => Of(topic, TopicRole.Schedule, Math.Min(partitions, MostSchedulePartitions), replication, ScheduleRetention)),
    ];

    private static TopicPlan Of(string name, TopicRole role, int partitions, int replication, TimeSpan? retention)
    {
        var settings = new Dictionary<string, string>
        {
            [CleanupPolicy] = role == TopicRole.Tokens ? "compact" : "delete",
            [MinInSync] = replication >= UsualReplication ? "2" : "1", // with acks=all: one copy may be away, none may be alone
        };
        if (retention is { } time)
        {
            settings.Add(RetentionMs, ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
            settings.Add(RetentionBytes, Unlimited); // a bound by size deletes pushes just when most of them wait
        }

        return new TopicPlan(name, role, partitions, settings);
    }
}
