using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Topics;

/// <summary>The topics of a cluster: how they are, and making them as they should be. Nothing is ever taken from a topic.</summary>
internal sealed class ClusterTopics : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly KafkaConnection _kafka;
    private readonly IAdminClient _admin;
    private readonly Metadata _metadata;

    /// <summary>Asks the cluster who it is.</summary>
    /// <param name="kafka">The cluster.</param>
    /// <exception cref="CommandFailedException">It does not answer.</exception>
    public ClusterTopics(KafkaConnection kafka)
    {
        _kafka = kafka;
        _admin = kafka.Admin();
        try
        {
            _metadata = kafka.Metadata(_admin);
        }
        catch
        {
            _admin.Dispose();
            throw;
        }
    }

    public int Brokers => _metadata.Brokers.Count;

    /// <summary>Why settings are not known; <see langword="null"/> when they are.</summary>
    public string? SettingsProblem { get; private set; }

    /// <summary>Copies unless somebody says otherwise: one per broker, at most three.</summary>
    public int UsualReplication => Math.Min(TopicPlan.UsualReplication, Brokers);

    /// <summary>How the topics of a plan are that exist.</summary>
    /// <param name="plans">The plan.</param>
    public async Task<IReadOnlyDictionary<string, TopicState>> ReadAsync(IReadOnlyList<TopicPlan> plans)
    {
        var wanted = plans.Select(plan => plan.Name).ToHashSet();
        var topics = _metadata.Topics.Where(topic => wanted.Contains(topic.Topic) && !topic.Error.IsError).ToArray();
        var settings = await SettingsAsync([.. topics.Select(topic => topic.Topic)]);
        return topics.ToDictionary(topic => topic.Topic, topic => new TopicState(
            topic.Topic,
            topic.Partitions.Count,
            topic.Partitions.Min(partition => partition.Replicas.Length),
            topic.Partitions.Min(partition => partition.InSyncReplicas.Length),
            topic.Partitions.Count(partition => partition.Leader < 0))
        {
            Settings = settings?.GetValueOrDefault(topic.Topic),
        });
    }

    /// <summary>Does one thing.</summary>
    /// <param name="change">What.</param>
    /// <exception cref="CommandFailedException">Kafka refuses it; the message says why and what would help.</exception>
    public async Task ApplyAsync(TopicChange change)
    {
        try
        {
            await (change switch
            {
                CreateTopic create => _admin.CreateTopicsAsync([Specification(create)], new CreateTopicsOptions { RequestTimeout = Patience }),
                GrowTopic grow => _admin.CreatePartitionsAsync(
                    [new PartitionsSpecification { Topic = grow.Topic.Name, IncreaseTo = grow.Topic.Partitions }],
                    new CreatePartitionsOptions { RequestTimeout = Patience }),
                AlterTopic alter => _admin.IncrementalAlterConfigsAsync(Entries(alter), new IncrementalAlterConfigsOptions { RequestTimeout = Patience }),
                _ => throw new InvalidOperationException($"No such change: {change.GetType().Name}."),
            });
        }
        catch (KafkaException e) when (Cause(e).Code == ErrorCode.TopicAlreadyExists)
        {
            // Somebody else was faster.
        }
        catch (KafkaException e)
        {
            throw Problem(Cause(e), change);
        }
    }

    public void Dispose() => _admin.Dispose();

    private async Task<Dictionary<string, Dictionary<string, string>>?> SettingsAsync(IReadOnlyList<string> topics)
    {
        if (topics.Count == 0)
            return null;
        try
        {
            var answer = await _admin.DescribeConfigsAsync(
                topics.Select(topic => new ConfigResource { Type = ResourceType.Topic, Name = topic }), new DescribeConfigsOptions { RequestTimeout = Patience });
            return answer.ToDictionary(
                topic => topic.ConfigResource.Name,
                topic => topic.Entries.Values.Where(entry => entry.Value is not null).ToDictionary(entry => entry.Name, entry => entry.Value));
        }
        catch (KafkaException e)
        {
            var cause = Cause(e);
            SettingsProblem = cause.Code switch
            {
                ErrorCode.Local_UnsupportedFeature => "this Kafka does not tell its topics' settings (in-memory Kafka never does)",
                ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed => "this user may not see the topics' settings: grant DescribeConfigs",
                _ => $"Kafka did not tell the topics' settings ({cause.Code})",
            };
            return null;
        }
    }

    private CommandFailedException Problem(Error cause, TopicChange change) => cause.Code switch
    {
        ErrorCode.Local_UnsupportedFeature => new CommandFailedException(
            $"Kafka at {_kafka.Options.BootstrapServers} cannot {change.Text.Split(':')[0]}: it is too old, or in memory; `dispatcher simulate -- --topics` names that one's topics."),
        ErrorCode.InvalidReplicationFactor => new CommandFailedException(
            $"cannot {change.Text.Split(':')[0]}: the cluster has {Brokers} brokers; give --replication {UsualReplication}.", ExitCode.Usage),
        _ => KafkaProblem.Of(cause, change.Text.Split(':')[0]),
    };

    /// <summary>What is wrong with the one topic that was asked about.</summary>
    private static Error Cause(KafkaException exception) => exception switch
    {
        CreateTopicsException e => e.Results.Select(result => result.Error).FirstOrDefault(error => error.IsError),
        CreatePartitionsException e => e.Results.Select(result => result.Error).FirstOrDefault(error => error.IsError),
        IncrementalAlterConfigsException e => e.Results.Select(result => result.Error).FirstOrDefault(error => error.IsError),
        DescribeConfigsException e => e.Results.Select(result => result.Error).FirstOrDefault(error => error.IsError),
        _ => null,
    } ?? exception.Error;

    private static TopicSpecification Specification(CreateTopic create) => new()
    {
        Name = create.Topic.Name,
        NumPartitions = create.Topic.Partitions,
        ReplicationFactor = (short)create.Replication,
        Configs = create.Topic.Settings.ToDictionary(),
    };

    private static Dictionary<ConfigResource, List<ConfigEntry>> Entries(AlterTopic alter) => new()
    {
        [new ConfigResource { Type = ResourceType.Topic, Name = alter.Topic.Name }] =
        [
            .. alter.Settings.Select(setting => new ConfigEntry
            {
                Name = setting.Key, Value = setting.Value, IncrementalOperation = AlterConfigOpType.Set,
            }),
        ],
    };
}
