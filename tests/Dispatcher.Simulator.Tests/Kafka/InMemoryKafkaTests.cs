using Confluent.Kafka;
using Dispatcher.Simulator.Kafka;

namespace Dispatcher.Simulator.Tests.Kafka;

public sealed class InMemoryKafkaTests
{
    private const int NotEnoughReplicas = 19;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_record_goes_in_and_comes_out()
    {
        using var kafka = InMemoryKafka.Start();
        kafka.CreateTopic("pushes", 3);

        using var producer = Producer(kafka);
        var written = await producer.ProduceAsync(new TopicPartition("pushes", 2), new Message<string, string> { Key = "k", Value = "Lunch?" });
        using var consumer = Consumer(kafka);
        consumer.Subscribe("pushes");
        var read = consumer.Consume(Patience);

        Assert.Equal(PersistenceStatus.Persisted, written.Status);
        Assert.Equal(("k", "Lunch?", written.TopicPartitionOffset), (read?.Message.Key, read?.Message.Value, read?.TopicPartitionOffset));
        consumer.Close();
    }

    [Fact]
    public void A_topic_has_the_partitions_it_was_given()
    {
        using var kafka = InMemoryKafka.Start(brokers: 2);
        kafka.CreateTopic("pushes", 7);

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        var metadata = admin.GetMetadata("pushes", Patience);

        Assert.Equal(7, metadata.Topics.Single().Partitions.Count);
        Assert.Equal(2, kafka.BootstrapServers.Split(',').Length);
        Assert.Equal(2, metadata.Brokers.Count);
    }

    [Fact]
    public async Task A_scripted_error_fails_the_next_request_and_no_other()
    {
        using var kafka = InMemoryKafka.Start();
        kafka.CreateTopic("pushes", 1);
        using var producer = Producer(kafka, retries: 0);
        await producer.ProduceAsync("pushes", new Message<string, string> { Value = "first" });

        kafka.FailNext(KafkaApi.Produce, NotEnoughReplicas);

        var failure = await Assert.ThrowsAsync<ProduceException<string, string>>(
            () => producer.ProduceAsync("pushes", new Message<string, string> { Value = "second" }));
        Assert.Equal(ErrorCode.NotEnoughReplicas, failure.Error.Code);
        Assert.Equal(1, (await producer.ProduceAsync("pushes", new Message<string, string> { Value = "third" })).Offset.Value);
    }

    [Fact]
    public async Task A_cluster_that_was_down_has_kept_its_records()
    {
        using var kafka = InMemoryKafka.Start();
        kafka.CreateTopic("pushes", 1);
        using var producer = Producer(kafka);
        await producer.ProduceAsync("pushes", new Message<string, string> { Value = "before" });

        kafka.SetDown();
        var waiting = producer.ProduceAsync("pushes", new Message<string, string> { Value = "meanwhile" });
        kafka.SetUp();
        var written = await waiting.WaitAsync(Patience);

        Assert.Equal(1, written.Offset.Value);
    }

    [Fact]
    public void It_can_be_disposed_twice_but_not_used_again()
    {
        var kafka = InMemoryKafka.Start();
        kafka.Dispose();
        kafka.Dispose();

        Assert.Throws<ObjectDisposedException>(() => kafka.CreateTopic("pushes", 1));
        Assert.Throws<ObjectDisposedException>(() => kafka.FailNext(KafkaApi.Fetch, 1));
    }

    [Fact]
    public void A_topic_cannot_be_created_twice()
    {
        using var kafka = InMemoryKafka.Start();
        kafka.CreateTopic("pushes", 1);

        Assert.Throws<InvalidOperationException>(() => kafka.CreateTopic("pushes", 1));
    }

    private static IProducer<string, string> Producer(InMemoryKafka kafka, int retries = int.MaxValue) =>
        new ProducerBuilder<string, string>(new ProducerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            MessageSendMaxRetries = retries,
            ReconnectBackoffMs = 10,
            ReconnectBackoffMaxMs = 50,
            LogConnectionClose = false,
        }).SetLogHandler((_, _) => { }).Build();

    private static IConsumer<string, string> Consumer(InMemoryKafka kafka) =>
        new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            GroupId = "tests",
            AutoOffsetReset = AutoOffsetReset.Earliest,
            FetchWaitMaxMs = 10,
        }).Build();
}
