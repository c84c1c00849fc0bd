using Confluent.Kafka;
using Dispatcher.Cli.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Simulator.Kafka;

namespace Dispatcher.Cli.Tests.Kafka;

/// <summary>In-memory Kafka with Dispatcher's topics.</summary>
internal sealed class InMemoryTopics : IDisposable
{
    private readonly InMemoryKafka _kafka = InMemoryKafka.Start();
    private readonly IProducer<byte[]?, byte[]?> _producer;

    public InMemoryTopics(int partitions = 3)
    {
        Connection = new KafkaConnection(new KafkaOptions { BootstrapServers = _kafka.BootstrapServers });
        foreach (var topic in Connection.Topics.All)
            _kafka.CreateTopic(topic, partitions);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(Connection.Options.Client<ProducerConfig>()).Build();
    }

    public KafkaConnection Connection { get; }

    public Task ProduceAsync(string topic, int partition, Message<byte[]?, byte[]?> message) =>
        _producer.ProduceAsync(new TopicPartition(topic, partition), message);

    public Task ProduceAsync(PushResult result, int partition = 0) =>
        ProduceAsync(Connection.Topics.Results, partition, new Message<byte[]?, byte[]?> { Value = result.ToJson() });

    public void Dispose()
    {
        _producer.Dispose();
        _kafka.Dispose();
    }
}
