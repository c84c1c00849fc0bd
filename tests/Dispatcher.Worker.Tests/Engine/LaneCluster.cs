using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Simulator.Kafka;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Tests.Engine;

/// <summary>A Kafka of its own for one test: the topics, a producer for what services send, and a view of what workers left.</summary>
internal sealed class LaneCluster : IDisposable
{
    public static readonly Lane Lane = new(Provider.Apns, PushClass.Urgent);

    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly IConsumer<Ignore, Ignore> _group;

    public LaneCluster(int partitions = 1, string delayTiers = "1s,1m", int brokers = 1)
    {
        Partitions = partitions;
        Kafka = InMemoryKafka.Start(brokers);
        Kafka.SetConsumerSession(TimeSpan.FromSeconds(4), TimeSpan.FromMilliseconds(100)); // as the classic protocol's members have it below
        Options = NewOptions(Kafka, delayTiers);
        foreach (var topic in Options.Topics.All)
            Kafka.CreateTopic(topic, topic == Topic ? partitions : 1);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig
        {
            BootstrapServers = Kafka.BootstrapServers,
            LingerMs = 2,
            MessageMaxBytes = 4_000_000, // topics may be set to take more than we do
            CompressionType = CompressionType.Lz4, // the cluster keeps 5 MiB of a partition
            ReconnectBackoffMs = 10,
            ReconnectBackoffMaxMs = 100,
        }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        _group = NewGroupView(Kafka, Group);
    }

    public InMemoryKafka Kafka { get; }

    public KafkaOptions Options { get; }

    public int Partitions { get; }

    public string Topic => Options.Topics.Pushes(Lane);

    public string Group => ConsumerSettings.Group(Options, Lane);

    public void Dispose()
    {
        _group.Dispose();
        _producer.Dispose();
        Kafka.Dispose();
    }

    /// <summary>Puts a record on the lane.</summary>
    public Task<long> ProduceAsync(Message<byte[]?, byte[]?> record, int partition = 0) => ProduceAsync(Topic, record, partition);

    /// <summary>Puts a record on any topic.</summary>
    public async Task<long> ProduceAsync(string topic, Message<byte[]?, byte[]?> record, int partition = 0) =>
        (await _producer.ProduceAsync(new TopicPartition(topic, partition), record)).Offset.Value;

    /// <summary>Puts pushes on the lane, spread over its partitions in turn.</summary>
    public async Task<IReadOnlyList<ProducedPush>> ProduceAsync(int count, Func<int, PushNotification>? push = null)
    {
        var pushes = Enumerable.Range(0, count).Select(index => (Push: push?.Invoke(index) ?? Samples.Push(), Partition: index % Partitions));
        return await Task.WhenAll(pushes.Select(async item => new ProducedPush(
            item.Push, item.Partition, await ProduceAsync(new Message<byte[]?, byte[]?> { Value = Samples.Encode(item.Push) }, item.Partition))));
    }

    /// <summary>What the group has committed, per partition; 0 where it has not.</summary>
    public async Task<long[]> CommittedAsync()
    {
        // An admin client would do, were it not that one crashes the process when the coordinator answers with an error.
        var partitions = Enumerable.Range(0, Partitions).Select(partition => new TopicPartition(Topic, partition));
        var answer = await Task.Run(() => _group.Committed(partitions, Eventually.Patience));
        return [.. answer.OrderBy(partition => partition.Partition.Value).Select(partition => Math.Max(0, partition.Offset.Value))];
    }

    /// <summary>What the group has committed, per partition, and what the commits say beyond the offset.</summary>
    public Task<(long Offset, SettledBitmap? Settled)[]> CommittedSparseAsync() => Task.Run(() =>
    {
        using var list = new OffsetList(_group.Handle);
        foreach (var partition in Enumerable.Range(0, Partitions))
            list.Add(new TopicPartition(Topic, partition));
        var committed = list.Committed(Eventually.Patience).ToDictionary(
            line => line.Partition.Partition.Value, line => (line.Offset, SettledBitmap.Decode(line.Metadata, line.Offset)));
        return Enumerable.Range(0, Partitions).Select(partition => committed.GetValueOrDefault(partition)).ToArray();
    });

    /// <summary>Waits until the commit of partition 0 says that so many are settled beyond it.</summary>
    public Task SettledBeyondAsync(int count) => Eventually.GetAsync(
        CommittedSparseAsync,
        committed => committed[0].Settled?.Count == count,
        "what is settled beyond the commit",
        committed => string.Join(", ", committed.Select(partition => $"{partition.Offset}: {partition.Settled?.Count}")));

    /// <summary>Commits for the group as a tool would, while it has no members.</summary>
    public async Task CommitAsync(long offset, byte[] metadata)
    {
        using (var list = new OffsetList(_group.Handle))
        {
            list.Add(new TopicPartition(Topic, 0), offset, metadata);
            list.Commit();
        }

        await Eventually.GetAsync(CommittedAsync, committed => committed[0] == offset, "what is committed", committed => $"{committed[0]}");
    }

    /// <summary>Waits until everything up to these offsets is committed.</summary>
    public Task CommittedAsync(params long[] offsets) => Eventually.GetAsync(
        CommittedOrNothingAsync, committed => committed.Zip(offsets).All(pair => pair.First >= pair.Second), "what is committed", committed => string.Join(", ", committed));

    /// <summary>What any group has committed in the first partition of any topic; 0 if it has not.</summary>
    public Task<long> CommittedAsync(string group, string topic) => Task.Run(() =>
    {
        using var member = NewGroupView(Kafka, group);
        return Math.Max(0, Assert.Single(member.Committed([new TopicPartition(topic, 0)], Eventually.Patience)).Offset.Value);
    });

    /// <summary>Waits until any group has committed everything up to an offset in the first partition of any topic.</summary>
    public Task CommittedAsync(string group, string topic, long offset) => Eventually.GetAsync(
        () => CommittedAsync(group, topic), committed => committed >= offset, $"what {group} has committed in {topic}");

    /// <summary>Like <see cref="CommittedAsync()"/>, but zero while Kafka does not answer.</summary>
    private async Task<long[]> CommittedOrNothingAsync()
    {
        try
        {
            return await CommittedAsync();
        }
        catch (KafkaException)
        {
            return new long[Partitions];
        }
    }

    public Task CommittedAllAsync(IEnumerable<ProducedPush> pushes)
    {
        var ends = new long[Partitions];
        foreach (var push in pushes)
            ends[push.Partition] = Math.Max(ends[push.Partition], push.Offset + 1);
        return CommittedAsync(ends);
    }

    public Task<IReadOnlyList<PushResult>> ResultsAsync(int count) => ReadAsync(Options.Topics.Results, count, record => PushResult.Read(record.Message.Value));

    public async Task<DeadLetter> DeadLetterAsync() => Assert.Single(await DeadLettersAsync(1));

    public Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(int count) => ReadAsync(Options.Topics.DeadLetters(Lane.Provider), count, DeadLetter.Read);

    /// <summary>The first records of a topic as soon as there are that many, and whatever came with them.</summary>
    public Task<IReadOnlyList<T>> ReadAsync<T>(string topic, int count, Func<ConsumeResult<byte[]?, byte[]?>, T> read) => Task.Run(() =>
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = Kafka.BootstrapServers,
            GroupId = "tests",
            EnableAutoCommit = false,
            FetchWaitMaxMs = 10,
        }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var records = new List<T>();
        using var deadline = new CancellationTokenSource(Eventually.Patience, TimeProvider.System);
        try
        {
            while (records.Count < count)
                records.Add(read(consumer.Consume(deadline.Token)));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"after {Eventually.Patience}, {topic} has {records.Count} of {count} records");
        }

        var end = consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), Eventually.Patience).High.Value;
        while (records.Count < end)
            records.Add(read(consumer.Consume(deadline.Token)));
        return (IReadOnlyList<T>)records;
    });

    /// <summary>How many records a topic has.</summary>
    public long Count(string topic)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig { BootstrapServers = Kafka.BootstrapServers, GroupId = "tests" })
            .SetLogHandler((_, _) => { }).Build();
        return consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), Eventually.Patience).High.Value;
    }

    /// <summary>A consumer that asks for a group's offsets and never joins it.</summary>
    private static IConsumer<Ignore, Ignore> NewGroupView(InMemoryKafka kafka, string group) =>
        new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = group })
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();

    private static KafkaOptions NewOptions(InMemoryKafka kafka, string delayTiers)
    {
        var options = new KafkaOptions { BootstrapServers = kafka.BootstrapServers, DelayTiers = delayTiers };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            // The cluster holds a whole fetch back for an empty partition, and a rebalance for a session less a second.
            ["fetch.wait.max.ms"] = "10",
            ["session.timeout.ms"] = "4000",
            ["heartbeat.interval.ms"] = "100",
            ["auto.commit.interval.ms"] = "100",
            ["reconnect.backoff.ms"] = "10",
            ["reconnect.backoff.max.ms"] = "100",
            ["retry.backoff.ms"] = "10",
            ["retry.backoff.max.ms"] = "50",
        })
        {
            options.Properties[name] = value;
        }

        return options;
    }
}

/// <summary>A push on the lane, and where.</summary>
internal sealed record ProducedPush(PushNotification Push, int Partition, long Offset);
