using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Core.Tests.Kafka;

/// <summary>What a consumer of Confluent.Kafka would make of a record, read where librdkafka holds it.</summary>
public sealed class RecordPollTests : IDisposable
{
    private const string Topic = "push.apns.urgent";

    private readonly TestKafka _kafka = new();
    private readonly IProducer<byte[]?, byte[]?> _producer;

    public RecordPollTests() => _producer = new ProducerBuilder<byte[]?, byte[]?>(
        new ProducerConfig { BootstrapServers = _kafka.Cluster.BootstrapServers, LingerMs = 0 }).SetLogHandler((_, _) => { }).Build();

    public void Dispose()
    {
        _producer.Dispose();
        _kafka.Dispose();
    }

    [Fact]
    public async Task A_record_is_what_was_produced()
    {
        (string? Key, string? Value, long Timestamp)[] produced =
        [
            ("key", "value", 1_700_000_000_123),
            (null, "value", 1),
            ("key", null, 1_700_000_000_000),
            (null, null, 1_700_000_000_000),
            ("", "", 1_700_000_000_000),
            ("ключ", "ценность", 1_700_000_000_000_000), // microseconds by mistake
            ("key", "value", long.MaxValue),
        ];
        foreach (var (key, value, timestamp) in produced)
            await ProduceAsync(new Message<byte[]?, byte[]?> { Key = Bytes(key), Value = Bytes(value), Timestamp = new Timestamp(timestamp, TimestampType.CreateTime) });
        using var consumer = Consumer();
        consumer.Assign(new TopicPartitionOffset(Topic, 1, 0));
        var poll = new RecordPoll(consumer);

        await Task.Run(() =>
        {
            for (var offset = 0; offset < produced.Length; offset++)
            {
                var (key, value, timestamp) = produced[offset];
                using var record = Next(poll);
                Assert.Equal(ErrorCode.NoError, record.Error);
                Assert.Equal((Topic, 1, (long)offset), (Encoding.UTF8.GetString(record.Topic), record.Partition, record.Offset));
                Assert.Equal((key is not null, value is not null), (record.HasKey, record.HasValue));
                Assert.Equal((key ?? "", value ?? ""), (Encoding.UTF8.GetString(record.Key), Encoding.UTF8.GetString(record.Value)));
                Assert.Equal(timestamp, record.Timestamp);
                Assert.Equal(0, record.LeaderEpoch);
                Assert.Null(record.CopyHeaders());
            }
        });
    }

    [Fact]
    public async Task Headers_come_in_their_order_with_every_value_or_none()
    {
        var headers = new Headers { { "a", [1, 2] }, { "b", null }, { "", [] }, { "a", [3] } };
        await ProduceAsync(new Message<byte[]?, byte[]?> { Value = [1], Headers = headers });
        using var consumer = Consumer();
        consumer.Assign(new TopicPartitionOffset(Topic, 1, 0));
        var poll = new RecordPoll(consumer);

        await Task.Run(() =>
        {
            using var record = Next(poll);
            Assert.Equal(
                headers.Select(header => (header.Key, header.GetValueBytes())),
                record.CopyHeaders()!.Select(header => (header.Key, header.GetValueBytes())));
        });
    }

    [Fact]
    public async Task An_error_in_the_place_of_a_record_says_whose_it_is()
    {
        using var consumer = Consumer();
        var poll = new RecordPoll(consumer);
        consumer.Subscribe("nowhere");

        await Task.Run(() =>
        {
            using var record = Next(poll);
            var error = poll.ErrorOf(record);
            Assert.Equal(("nowhere", ErrorCode.UnknownTopicOrPart), (Encoding.UTF8.GetString(record.Topic), error.Code));
            Assert.Contains("nowhere", error.Reason, StringComparison.Ordinal); // librdkafka's words, not the code's name
            Assert.False(error.IsFatal);
        });
    }

    /// <summary>Confluent.Kafka keeps it aside and gives everything up: a consumer that went on would be one without partitions.</summary>
    [Fact]
    public async Task What_failed_in_a_callback_comes_out_of_the_poll_that_served_it_and_of_no_other()
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(Config("grouped"))
            .SetPartitionsAssignedHandler((_, _) => throw new InvalidOperationException("a handler of ours"))
            .SetLogHandler((_, _) => { })
            .Build();
        consumer.Subscribe(Topic);
        var poll = new RecordPoll(consumer);

        await Task.Run(() =>
        {
            var fault = Assert.Throws<InvalidOperationException>(() =>
            {
                for (var polls = 0; polls < 300; polls++)
                    poll.Take(TestKafka.Patience / 300).Dispose(); // librdkafka knows of no fault, and waits for a record as long as it may
            });
            Assert.Equal("a handler of ours", fault.Message);
            Assert.True(poll.Take(TimeSpan.Zero).IsNone);
        });
    }

    /// <summary>Whoever gives what back: given back twice, or read after that, this ends the process.</summary>
    [Fact]
    public async Task Ten_thousand_records_are_given_back_once()
    {
        const int records = 10_000;
        await Task.WhenAll(Enumerable.Range(0, records).Select(i => ProduceAsync(new Message<byte[]?, byte[]?>
        {
            Value = new byte[i % 300],
            Headers = i % 2 == 0 ? null : new Headers { { "h", [1] } },
        })));
        using var consumer = Consumer();
        consumer.Assign(new TopicPartitionOffset(Topic, 1, 0));
        var poll = new RecordPoll(consumer);

        await Task.Run(() =>
        {
            for (var offset = 0; offset < records; offset++)
            {
                using var record = Next(poll);
                Assert.Equal(offset, record.Offset);
                Assert.Equal(offset % 300, record.Value.Length);
                Assert.Equal(offset % 2 == 0 ? null : 1, record.CopyHeaders()?.Count);
                Assert.Equal(offset % 2 == 0 ? null : 1, record.CopyHeaders()?.Count); // librdkafka parses them once and keeps them with the record
            }
        });
    }

    /// <summary>To librdkafka that is a wait without end.</summary>
    [Fact]
    public async Task A_wait_below_zero_is_none()
    {
        using var consumer = Consumer();
        var poll = new RecordPoll(consumer);

        Assert.True(await Task.Run(() => poll.Take(TimeSpan.FromMilliseconds(-1)).IsNone).WaitAsync(TestKafka.Patience));
    }

    [Fact]
    public void This_version_of_the_client_has_every_call() => Assert.Null(RecordPoll.Problem());

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static NativeRecord Next(RecordPoll poll)
    {
        var record = poll.Take(TestKafka.Patience);
        Assert.False(record.IsNone, "nothing came");
        return record;
    }

    private Task<DeliveryResult<byte[]?, byte[]?>> ProduceAsync(Message<byte[]?, byte[]?> record) => _producer.ProduceAsync(new TopicPartition(Topic, 1), record);

    private ConsumerConfig Config(string group) => new()
    {
        BootstrapServers = _kafka.Cluster.BootstrapServers,
        GroupId = group,
        EnableAutoCommit = false,
        FetchWaitMaxMs = 10,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        AllowAutoCreateTopics = false,
    };

    private IConsumer<Ignore, Ignore> Consumer() => new ConsumerBuilder<Ignore, Ignore>(Config("tests"))
        .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
}
