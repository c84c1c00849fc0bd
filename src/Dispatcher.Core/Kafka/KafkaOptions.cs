using Confluent.Kafka;
using Dispatcher.Core.Configuration;

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
        "dotnet.consumer.consume.result.fields", "enable.partition.eof", "enabled_events", "enable_sasl_queue", "delivery.report.only.error",
    };

    private Dictionary<string, string>? _all;

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
    [Secret(ByName = true)]
    public Dictionary<string, string> Properties { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The same from files, for those who keep secrets out of configuration: the path of a file whose first line is the value, which is read once.
    /// </summary>
    public Dictionary<string, string> PropertyFiles { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Both, as clients get them.</summary>
    /// <exception cref="IOException">A file cannot be read; <see cref="Validate"/> says which.</exception>
    public IReadOnlyDictionary<string, string> AllProperties => PropertyFiles.Count == 0 ? Properties : _all ??= ReadAll();

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
        var properties = PropertyProblems().ToList();
        foreach (var problem in properties.Count > 0 ? properties : new KafkaSecurity(AllProperties).Problems())
            yield return problem;
    }

    /// <summary>What works and is less safe than it looks. Of options that have no problem.</summary>
    public IEnumerable<string> Warnings() => new KafkaSecurity(AllProperties).Warnings();

    /// <summary>A text of librdkafka without the secrets that it may have in it.</summary>
    /// <param name="text">The text.</param>
    public string Redact(string text) => AllProperties
        .Where(property => SecretText.IsSecret(property.Key) && property.Value.Length >= 4)
        .Aggregate(text, (rest, property) => rest.Replace(property.Value, SecretText.Mask, StringComparison.Ordinal));

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
        foreach (var (name, value) in AllProperties)
            config.Set(name, value);
        return config;
    }

    private IEnumerable<string> PropertyProblems()
    {
        foreach (var name in Properties.Keys.Concat(PropertyFiles.Keys).Where(Reserved.Contains))
            yield return $"Kafka:Properties:{name} cannot be set: the promise that nothing accepted is lost rests on it.";
        foreach (var name in PropertyFiles.Keys.Where(Properties.ContainsKey))
            yield return $"Kafka:PropertyFiles:{name} and Kafka:Properties:{name} are both set; give one of them.";
        foreach (var (name, path) in PropertyFiles)
        {
            if (FileProblem(path) is { } problem)
                yield return $"Kafka:PropertyFiles:{name} '{path}' {problem}";
            else if (LibrdkafkaProperty.Problem(name, FirstLine(path)!) is { } wrong)
                yield return $"Kafka:PropertyFiles:{name} {wrong}";
        }

        foreach (var (name, value) in Properties.Where(property => !Reserved.Contains(property.Key)))
        {
            if (LibrdkafkaProperty.Problem(name, value) is { } wrong)
                yield return $"Kafka:Properties:{name} {wrong}";
        }
    }

    private static string? FileProblem(string path)
    {
        try
        {
            return FirstLine(path) is null ? "is empty; its first line is the value." : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"cannot be read: {e.Message}";
        }
    }

    private static string? FirstLine(string path) => File.ReadLines(path).FirstOrDefault() is { Length: > 0 } line ? line.TrimEnd('\r') : null;

    private Dictionary<string, string> ReadAll()
    {
        var all = new Dictionary<string, string>(Properties, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, path) in PropertyFiles)
            all[name] = FirstLine(path) ?? "";
        return all;
    }

    // Kafka's own rule for topic names: 249 characters of these; the rest of the name needs some of them.
    private static bool IsName(string name) =>
        name.Length is > 0 and <= 200 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
