using Confluent.Kafka;
using Dispatcher.Cli.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Simulator.Kafka;

namespace Dispatcher.Cli.Tests.Kafka;

/// <summary>In-memory Kafka with Dispatcher's topics.</summary>
internal sealed class InMemoryTopics : IDisposable
{
    private readonly IProducer<byte[]?, byte[]?> _producer;

    public InMemoryTopics(int partitions = 3)
    {
        Connection = new KafkaConnection(new KafkaOptions { BootstrapServers = Kafka.BootstrapServers });
        foreach (var topic in Connection.Topics.All)
            Kafka.CreateTopic(topic, partitions);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(Connection.Options.Client<ProducerConfig>()).Build();
    }

    public InMemoryKafka Kafka { get; } = InMemoryKafka.Start();

    public KafkaConnection Connection { get; }

    public string BootstrapServers => Kafka.BootstrapServers;

    public Task ProduceAsync(string topic, int partition, Message<byte[]?, byte[]?> message) =>
        _producer.ProduceAsync(new TopicPartition(topic, partition), message);

    /// <summary>Produces very many, and waits for all of them.</summary>
    public void Produce(IEnumerable<(TopicPartition Partition, Message<byte[]?, byte[]?> Message)> records)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig(ProducerSettings.ForHandOffs(Connection.Options)) { LingerMs = 50 }).Build();
        foreach (var (partition, message) in records)
        {
            while (true)
            {
                try
                {
                    producer.Produce(partition, message);
                    break;
                }
                catch (ProduceException<byte[]?, byte[]?> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
                {
                    producer.Poll(TimeSpan.FromMilliseconds(10));
                }
            }
        }

        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(60)));
    }

    public Task ProduceAsync(PushResult result, int partition = 0) =>
        ProduceAsync(Connection.Topics.Results, partition, new Message<byte[]?, byte[]?> { Value = result.ToJson() });

    public void Dispose()
    {
        _producer.Dispose();
        Kafka.Dispose();
    }
}
