using Confluent.Kafka;

namespace Dispatcher.Core.Kafka;

/// <summary>Asks whether Kafka is there and has the topics that are needed, before anything depends on it.</summary>
public static class KafkaProbe
{
    /// <summary>Looks at the cluster's metadata.</summary>
    /// <param name="options">How to reach Kafka.</param>
    /// <param name="topics">The topics that have to exist.</param>
    /// <param name="deadline">How long to wait for an answer.</param>
    /// <returns>What is wrong and what to do about it, in one line; <see langword="null"/> when all is well.</returns>
    public static string? Problem(KafkaOptions options, IEnumerable<string> topics, TimeSpan deadline)
    {
        try
        {
            var missing = topics.Except(Topics(options, deadline)).ToList();
            return missing.Count == 0
                ? null
                : $"Kafka at {options.BootstrapServers} has no topic {string.Join(", ", missing)}; create them first: dispatcher topics create (docs/operations.md).";
        }
        catch (KafkaException e)
        {
            return $"Kafka at {options.BootstrapServers} does not answer ({options.Redact(e.Error.Reason)}); check Kafka:BootstrapServers and that the broker is up.";
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            return $"Kafka's configuration is wrong: {options.Redact(e.Message)}"; // librdkafka's word on a property's name, or on its value
        }
    }

    /// <summary>The topics of the cluster that this client may see.</summary>
    /// <param name="options">How to reach Kafka.</param>
    /// <param name="deadline">How long to wait for an answer.</param>
    /// <exception cref="KafkaException">It does not answer.</exception>
    public static IReadOnlyList<string> Topics(KafkaOptions options, TimeSpan deadline)
    {
        using var client = new AdminClientBuilder(options.Client<AdminClientConfig>())
            .SetLogHandler(static (_, _) => { })
            .SetErrorHandler(static (_, _) => { })
            .Build();
        return [.. client.GetMetadata(deadline).Topics.Where(topic => !topic.Error.IsError).Select(topic => topic.Topic)];
    }
}
