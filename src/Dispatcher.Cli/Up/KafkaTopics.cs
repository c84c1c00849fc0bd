using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Up;

/// <summary>Creates the topics that a real cluster lacks. What is there stays as it is: partitions are neither added nor taken.</summary>
/// <param name="kafka">The cluster.</param>
internal sealed class KafkaTopics(KafkaConnection kafka)
{
    private const int UsualReplication = 3;

    /// <summary>Asks the cluster whether it is there; the check that comes before anything is started.</summary>
    public void RequireCluster()
    {
        using var admin = kafka.Admin();
        kafka.Metadata(admin);
    }

    /// <summary>Creates what is missing.</summary>
    /// <param name="partitions">Of each topic that is created.</param>
    /// <param name="replication">Copies of each; <see langword="null"/> for as many as the cluster has brokers, at most three.</param>
    /// <returns>The topics created.</returns>
    public async Task<IReadOnlyList<string>> CreateMissingAsync(int partitions, int? replication)
    {
        using var admin = kafka.Admin();
        var metadata = kafka.Metadata(admin);
        var present = metadata.Topics.Select(topic => topic.Topic).ToHashSet();
        var copies = replication ?? Math.Min(UsualReplication, metadata.Brokers.Count);
        var missing = kafka.Topics.All.Where(topic => !present.Contains(topic))
            .Select(topic => Specification(topic, partitions, copies))
            .ToArray();
        if (missing.Length == 0)
            return [];

        try
        {
            await admin.CreateTopicsAsync(missing, new CreateTopicsOptions { RequestTimeout = TimeSpan.FromSeconds(10) });
        }
        catch (CreateTopicsException e) when (e.Results.All(IsThere))
        {
            // Another `up` was faster.
        }
        catch (CreateTopicsException e)
        {
            var first = e.Results.First(result => !IsThere(result));
            throw new CommandFailedException($"topic {first.Topic} cannot be created: {first.Error.Reason}.");
        }
        catch (KafkaException e)
        {
            throw new CommandFailedException($"topics cannot be created: {e.Error.Reason}.");
        }

        return [.. missing.Select(topic => topic.Name)];
    }

    private TopicSpecification Specification(string topic, int partitions, int copies) => new()
    {
        Name = topic,
        NumPartitions = partitions,
        ReplicationFactor = (short)copies,
        Configs = new Dictionary<string, string>
        {
            ["cleanup.policy"] = topic == kafka.Topics.Tokens ? "compact" : "delete",
            ["min.insync.replicas"] = copies >= UsualReplication ? "2" : "1", // with acks=all: one copy may be away, none may be alone
        },
    };

    private static bool IsThere(CreateTopicReport result) => result.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists;
}
