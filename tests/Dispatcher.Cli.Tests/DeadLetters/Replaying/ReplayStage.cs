using System.Buffers;
using System.Globalization;
using Confluent.Kafka;
using Dispatcher.Cli.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Simulator.Kafka;

namespace Dispatcher.Cli.Tests.DeadLetters.Replaying;

/// <summary>In-memory Kafka with dead letters, and a command line that replays them.</summary>
internal sealed class ReplayStage : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly IConsumer<byte[]?, byte[]?> _watch;

    public ReplayStage(int partitions = 3)
    {
        Cluster = InMemoryKafka.Start();
        Connection = new KafkaConnection(new KafkaOptions { BootstrapServers = Cluster.BootstrapServers });
        foreach (var topic in Connection.Topics.All)
            Cluster.CreateTopic(topic, partitions);
        var config = Connection.Options.Client<ProducerConfig>();
        config.CompressionType = CompressionType.Lz4;
        config.LingerMs = 20;
        config.QueueBufferingMaxMessages = 2_000_000;
        _producer = new ProducerBuilder<byte[]?, byte[]?>(config).Build();
        _watch = Connection.Reader();
        Partitions = partitions;
    }

    public InMemoryKafka Cluster { get; }

    public KafkaConnection Connection { get; }

    public int Partitions { get; }

    /// <summary>A push that is as old as it says.</summary>
    public static PushNotification Push(int number, string app = "shop-ios") => new()
    {
        Id = Id(number),
        App = app,
        Target = new Target(TargetKind.Token, string.Create(CultureInfo.InvariantCulture, $"ab{number:x62}")),
        AcceptedAt = Now.AddMinutes(-5),
        Notification = new NotificationContent { Title = "Order", Body = "On its way" },
    };

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static Guid Id(int number) => new(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1);

    public static byte[] Value(PushNotification push)
    {
        var output = new ArrayBufferWriter<byte>();
        PushJson.Encode(push, output);
        return output.WrittenSpan.ToArray();
    }

    public static DeadLetter Letter(PushNotification push, string reason = "exhausted", Lane? lane = null) => new()
    {
        Key = null,
        Value = Value(push),
        OriginalTopic = $"push.{(lane ?? Lane.All[0]).Name}",
        OriginalPartition = 0,
        OriginalOffset = 0,
        OriginalTimestamp = push.AcceptedAt,
        Reason = reason,
        LastFailedAt = push.AcceptedAt.AddMinutes(1),
        FirstFailedAt = push.AcceptedAt,
        PushId = push.Id,
        App = push.App,
        Provider = (lane ?? Lane.All[0]).Provider.ToString().ToLowerInvariant(),
        Outcome = "rejected",
        Status = 400,
        Attempts = 8,
        Worker = "worker-1/0.1.0",
    };

    /// <summary>Puts dead letters into their topics, in turn over the partitions.</summary>
    public void Die(params IEnumerable<DeadLetter> letters)
    {
        var next = 0;
        foreach (var letter in letters)
        {
            var topic = Connection.Topics.DeadLetters(letter.Provider == "fcm" ? Provider.Fcm : Provider.Apns);
            _producer.Produce(new TopicPartition(topic, next++ % Partitions), letter.ToMessage());
        }

        _producer.Flush(Patience);
    }

    public void Put(string topic, int partition, Message<byte[]?, byte[]?> message)
    {
        _producer.Produce(new TopicPartition(topic, partition), message);
        _producer.Flush(Patience);
    }

    /// <summary>Runs the command line in this process.</summary>
    public Task<ReplayOutput> ReplayAsync(params string[] options) => ReplayAsync(CancellationToken.None, options);

    public async Task<ReplayOutput> ReplayAsync(CancellationToken stop, params string[] options)
    {
        var terminal = new TestTerminal();
        var code = await new CommandTree(terminal.Terminal, TimeProvider.System, () => 0.5).RunAsync([.. Arguments(options)], stop);
        return new ReplayOutput(code, terminal.Out, terminal.Error);
    }

    public IEnumerable<string> Arguments(IEnumerable<string> options)
    {
        IEnumerable<string> arguments = ["dead-letters", "replay", "--kafka", Cluster.BootstrapServers, "--yes", .. options];
        return options.Contains("--rate") ? arguments : arguments.Concat(["--rate", "max"]);
    }

    /// <summary>How many records the lanes have.</summary>
    public long OnLanes() => LanePartitions().Sum(partition => _watch.QueryWatermarkOffsets(partition, Patience).High.Value);

    /// <summary>Everything on the lanes.</summary>
    public List<ConsumeResult<byte[]?, byte[]?>> Lanes()
    {
        using var reader = Connection.Reader();
        var unread = LanePartitions().ToHashSet();
        reader.Assign(unread.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        var records = new List<ConsumeResult<byte[]?, byte[]?>>();
        while (unread.Count > 0)
        {
            var record = reader.Consume(Patience) ?? throw new TimeoutException("the lanes say nothing");
            if (record.IsPartitionEOF)
                unread.Remove(record.TopicPartition);
            else
                records.Add(record);
        }

        return records;
    }

    /// <summary>The ids on the lanes, in order.</summary>
    public List<Guid> Sent() => [.. Lanes().Select(Decode).Select(push => push.Id).Order()];

    public static PushNotification Decode(ConsumeResult<byte[]?, byte[]?> record)
    {
        Assert.True(PushJson.TryDecode(record.Message.Value, DateTimeOffset.UnixEpoch, out var push, out _));
        return push;
    }

    public void Dispose()
    {
        _producer.Dispose();
        _watch.Dispose();
        Cluster.Dispose();
    }

    private IEnumerable<TopicPartition> LanePartitions() =>
        from lane in Lane.All
        from partition in Enumerable.Range(0, Partitions)
        select new TopicPartition(Connection.Topics.Pushes(lane), partition);
}

/// <summary>What a command said.</summary>
internal sealed record ReplayOutput(int Code, string Out, string Error);
