using System.Diagnostics.Metrics;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Telemetry;
using Dispatcher.Simulator.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Core.Tests.Kafka;

/// <summary>A cluster of its own for a test, with Dispatcher's topics, and clients that lose patience soon.</summary>
internal sealed class TestKafka : IDisposable
{
    /// <summary>How long a test waits for what has to come.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public const int Partitions = 2;

    /// <summary>For a producer that loses patience at once.</summary>
    public static readonly (string Name, string Value) ShortTimeout = ("message.timeout.ms", "500");

    public TestKafka()
    {
        Cluster = InMemoryKafka.Start();
        foreach (var topic in Options().Topics.All)
            Cluster.CreateTopic(topic, Partitions);
    }

    public InMemoryKafka Cluster { get; }

    public MeterRecord Meters { get; } = new();

    public void Dispose()
    {
        Cluster.Dispose();
        Meters.Dispose();
    }

    /// <summary>Options without slow reconnects, unless other properties are given.</summary>
    public KafkaOptions Options(params (string Name, string Value)[] properties)
    {
        var options = new KafkaOptions { BootstrapServers = Cluster.BootstrapServers };
        (string, string)[] quick =
        [
            ("message.timeout.ms", "30000"), ("reconnect.backoff.ms", "10"), ("reconnect.backoff.max.ms", "50"),
            ("retry.backoff.ms", "10"), ("retry.backoff.max.ms", "50"),
        ];
        foreach (var (name, value) in quick.Concat(properties))
            options.Properties[name] = value;
        return options;
    }

    public RecordProducer Producer(params (string Name, string Value)[] properties) => new(
        ProducerSettings.ForRequests(Options(properties)), new KafkaMetrics(Meters), NullLogger<RecordProducer>.Instance);

    /// <summary>How many records a topic has.</summary>
    public long Count(string topic)
    {
        using var consumer = Consumer();
        return Enumerable.Range(0, Partitions)
            .Sum(partition => consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition), Patience).High.Value);
    }

    /// <summary>The records of a topic, of which there are that many.</summary>
    public List<ConsumeResult<byte[]?, byte[]?>> Read(string topic, int count)
    {
        using var consumer = Consumer();
        consumer.Assign(Enumerable.Range(0, Partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var records = new List<ConsumeResult<byte[]?, byte[]?>>();
        while (records.Count < count)
            records.Add(consumer.Consume(Patience) ?? throw new TimeoutException($"{topic} has {records.Count} records, not {count}."));
        Assert.Equal(count, Count(topic));
        return records;
    }

    private IConsumer<byte[]?, byte[]?> Consumer() => new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
    {
        BootstrapServers = Cluster.BootstrapServers,
        GroupId = "tests",
        FetchWaitMaxMs = 10,
    }).Build();
}

/// <summary>The measurements of one test's instruments.</summary>
internal sealed class MeterRecord : IMeterFactory
{
    private readonly List<Meter> _meters = [];
    private readonly MeterListener _listener = new();
    private readonly TaskCompletionSource<string?> _producerReplaced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string?> _answerFailed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MeterRecord()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (_meters.Contains(instrument.Meter) && instrument.Name is "dispatcher.kafka.producer.replaced" or "dispatcher.kafka.producer.faults")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
            (instrument.Name.EndsWith("faults", StringComparison.Ordinal) ? _answerFailed : _producerReplaced).TrySetResult(tags[0].Value as string));
        _listener.Start();
    }

    /// <summary>Completes with the error after which the first producer was replaced.</summary>
    public Task<string?> ProducerReplaced => _producerReplaced.Task.WaitAsync(TestKafka.Patience);

    /// <summary>Completes with what the first listener that failed threw.</summary>
    public Task<string?> AnswerFailed => _answerFailed.Task.WaitAsync(TestKafka.Patience);

    public bool HasReplacedProducer => _producerReplaced.Task.IsCompleted;

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }
}
