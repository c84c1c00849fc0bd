using Confluent.Kafka;

namespace Dispatcher.Core.Kafka;

/// <summary>How to reach Kafka: the section <c>Kafka</c>.</summary>
public sealed class KafkaOptions
{
    /// <summary>Properties that the promise of no loss rests on; <see cref="Properties"/> may not touch them.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "acks", "request.required.acks", "enable.idempotence", "enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset",
        "group.id", "bootstrap.servers", "metadata.broker.list", "transactional.id", "group.instance.id",
        // Without reports or their status no hand-off is ever acknowledged; without headers dead letters lose theirs; an end-of-partition
        // notice is no record.
        "dotnet.producer.enable.delivery.reports", "dotnet.producer.enable.background.poll", "dotnet.producer.delivery.report.fields",
        "dotnet.consumer.consume.result.fields", "enable.partition.eof",
    };

    /// <summary>Required: <c>host:port</c>, several separated by commas.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>What every topic's name starts with. Default: <c>push</c>.</summary>
    public string TopicPrefix { get; set; } = TopicNames.DefaultPrefix;

    /// <summary>What every consumer group's name starts with. Default: <c>dispatcher</c>.</summary>
    public string GroupId { get; set; } = "dispatcher";

    /// <summary>
    /// The waits of the delay tiers, in s, m or h. Default: <c>10s,1m,10m,1h</c>. Each is a topic; one that goes is read until it is deleted.
    /// </summary>
    public string DelayTiers { get; set; } = Kafka.DelayTiers.Default;

    /// <summary>
    /// How consumers form a group: <c>classic</c> (default, cooperative-sticky), or <c>consumer</c> (KIP-848) on brokers from 4.0 on.
    /// </summary>
    public string GroupProtocol { get; set; } = "classic";

    /// <summary>Any other librdkafka property by its own name: security, TLS, SASL, client tuning.</summary>
    public Dictionary<string, string> Properties { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names of the topics.</summary>
    public TopicNames Topics => new(TopicPrefix, DelayTiers);

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(BootstrapServers))
            yield return "Kafka:BootstrapServers is missing; give host:port, several separated by commas.";
        if (!IsName(TopicPrefix))
            yield return $"Kafka:TopicPrefix '{TopicPrefix}' must be 1 to 200 characters of a-z, A-Z, 0-9, '.', '_' and '-'.";
        if (!IsName(GroupId))
            yield return $"Kafka:GroupId '{GroupId}' must be 1 to 200 characters of a-z, A-Z, 0-9, '.', '_' and '-'.";
        if (IsName(TopicPrefix) && Kafka.DelayTiers.Parse(DelayTiers, TopicPrefix) is null)
            yield return $"Kafka:DelayTiers '{DelayTiers}' must be different waits up to 24h such as 10s,1m,1h.";
        if (GroupProtocol is not ("classic" or "consumer"))
            yield return $"Kafka:GroupProtocol '{GroupProtocol}' must be classic or consumer.";
        foreach (var name in Properties.Keys.Where(Reserved.Contains))
            yield return $"Kafka:Properties:{name} cannot be set: the promise that nothing accepted is lost rests on it.";
    }

    /// <summary>The properties that every client shares, as a fresh object.</summary>
    /// <typeparam name="T">The kind of client.</typeparam>
    public T Client<T>()
        where T : ClientConfig, new()
    {
        var config = new T
        {
            BootstrapServers = BootstrapServers,
            ClientId = "dispatcher",
            SocketKeepaliveEnable = true,
            AllowAutoCreateTopics = false,
        };
        foreach (var (name, value) in Properties)
            config.Set(name, value);
        return config;
    }

    // Kafka's own rule for topic names: 249 characters of these; the rest of the name needs some of them.
    private static bool IsName(string name) =>
        name.Length is > 0 and <= 200 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
