using System.Globalization;
using System.Text.Json;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Dispatcher.Chaos.Stage;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Bench.Stage;

/// <summary>
/// Kafka for one group of measurements: an in-memory cluster in a process of its own, or topics of their own in a real one, deleted afterwards.
/// </summary>
internal sealed class BenchKafka : IAsyncDisposable
{
    /// <summary>In-memory Kafka keeps 5 MiB of a partition and drops the oldest. A push takes up to 400 bytes there, compressed.</summary>
    private const int PushesPerPartition = 8_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly ChildProgram? _program;
    private readonly List<string> _created = [];

    private BenchKafka(string bootstrapServers, ChildProgram? program) => (BootstrapServers, _program) = (bootstrapServers, program);

    public string BootstrapServers { get; }

    public bool IsInMemory => _program is not null;

    /// <summary>Starts it.</summary>
    /// <param name="real">The brokers of a real cluster; <see langword="null"/> for one in memory.</param>
    /// <param name="files">Where that leaves its files.</param>
    /// <param name="layouts">What is needed.</param>
    public static async Task<BenchKafka> StartAsync(string? real, StageFiles files, params TopicLayout[] layouts)
    {
        var topics = layouts.SelectMany(layout => layout.Topics()).ToList();
        if (real is not null)
        {
            var cluster = new BenchKafka(real, null);
            await cluster.CreateAsync(topics);
            return cluster;
        }

        var list = string.Join(',', topics.Select(topic => $"{topic.Name}:{topic.Partitions}"));
        var program = ChildProgram.Start(
            "Dispatcher.Simulator", ["--directory", files.Path("kafka"), "--no-providers", "--topics", list], new Dictionary<string, string>());
        try
        {
            var manifest = JsonElement.Parse(await program.SaysAsync("ready "));
            return new BenchKafka(manifest.GetProperty("kafka").GetString()!, program);
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    /// <summary>Partitions that hold so many pushes.</summary>
    public static int PartitionsFor(int pushes) => Math.Max(8, (pushes + PushesPerPartition - 1) / PushesPerPartition);

    /// <summary>Writes pushes onto a lane, spread evenly, in batches as a busy API makes them.</summary>
    public void Fill(TopicLayout layout, Lane lane, int pushes, TimeProvider time) =>
        Fill(layout, lane, pushes, number => Samples.Push(lane.Provider, number, time.GetUtcNow()), time);

    /// <summary>The same, with pushes of one's own.</summary>
    public void Fill(TopicLayout layout, Lane lane, int pushes, Func<int, PushNotification> push, TimeProvider time)
    {
        var options = new KafkaOptions { BootstrapServers = BootstrapServers, TopicPrefix = layout.Prefix };
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig(ProducerSettings.ForRequests(options))
        {
            LingerMs = 20,
            MessageTimeoutMs = (int)Deadline.TotalMilliseconds,
            DeliveryReportFields = "none",
        }).SetLogHandler((_, _) => { }).Build();
        var value = new System.Buffers.ArrayBufferWriter<byte>(1024);
        var topic = options.Topics.Pushes(lane);
        var begun = time.GetTimestamp();
        for (var number = 0; number < pushes; number++)
        {
            value.ResetWrittenCount();
            PushJson.Encode(push(number), value);
            var partition = new TopicPartition(topic, number / 100 % layout.LanePartitions);
            var message = new Message<Null, byte[]> { Value = value.WrittenSpan.ToArray() };
            while (!TryProduce(producer, partition, message))
            {
                producer.Poll(TimeSpan.FromMilliseconds(10));
                if (time.GetElapsedTime(begun) > 5 * Deadline)
                    throw new TimeoutException("Kafka does not take the pushes.");
            }
        }

        if (producer.Flush(Deadline) > 0)
            throw new TimeoutException("Kafka did not take the pushes.");
    }

    /// <summary>The configuration with which a service finds it.</summary>
    public Dictionary<string, string> Settings(TopicLayout layout)
    {
        var settings = new Dictionary<string, string>
        {
            ["Kafka:BootstrapServers"] = BootstrapServers,
            ["Kafka:TopicPrefix"] = layout.Prefix,
        };
        if (IsInMemory)
        {
            // It holds a whole fetch back for one empty partition, and a rebalance for a session less a second.
            settings["Kafka:Properties:fetch.wait.max.ms"] = "20";
            settings["Kafka:Properties:session.timeout.ms"] = "3000";
            settings["Kafka:Properties:heartbeat.interval.ms"] = "500";
        }

        return settings;
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }
        else if (_created.Count > 0)
        {
            using var admin = Admin();
            await admin.DeleteTopicsAsync(_created);
        }
    }

    private async Task CreateAsync(IReadOnlyList<(string Name, int Partitions)> topics)
    {
        using var admin = Admin();
        await admin.CreateTopicsAsync(
            topics.Select(topic => new TopicSpecification { Name = topic.Name, NumPartitions = topic.Partitions }),
            new CreateTopicsOptions { OperationTimeout = Deadline });
        _created.AddRange(topics.Select(topic => topic.Name));
    }

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).Build();

    private static bool TryProduce(IProducer<Null, byte[]> producer, TopicPartition partition, Message<Null, byte[]> message)
    {
        try
        {
            producer.Produce(partition, message);
            return true;
        }
        catch (ProduceException<Null, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
        {
            return false;
        }
    }
}

/// <summary>The topics of one system.</summary>
/// <param name="Prefix">What their names start with.</param>
/// <param name="LanePartitions">Partitions of each lane that is filled.</param>
/// <param name="Filled">Those; others have one partition.</param>
internal sealed record TopicLayout(string Prefix, int LanePartitions, params Lane[] Filled)
{
    /// <summary>Every topic with its partitions.</summary>
    public IEnumerable<(string Name, int Partitions)> Topics()
    {
        var names = new TopicNames(Prefix);
        var filled = Filled.Select(names.Pushes).ToHashSet(StringComparer.Ordinal);
        return names.All.Select(name => (name, filled.Contains(name) ? LanePartitions : name == names.Results ? 8 : 1));
    }

    /// <summary>A prefix that no other run has.</summary>
    public static string Unique(string word, TimeProvider time) =>
        string.Create(CultureInfo.InvariantCulture, $"bench-{time.GetUtcNow():yyyyMMddHHmmss}-{word}");
}
