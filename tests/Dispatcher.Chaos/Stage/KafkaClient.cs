using Confluent.Kafka;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Chaos.Stage;

/// <summary>How this process itself talks to Kafka: it looks and never commits.</summary>
internal static class KafkaClient
{
    public static IConsumer<byte[]?, byte[]?> Consumer(KafkaOptions kafka, string group) =>
        new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            GroupId = group,
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            FetchWaitMaxMs = 10,
            ReconnectBackoffMs = 10,
            ReconnectBackoffMaxMs = 100,
        }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
}
