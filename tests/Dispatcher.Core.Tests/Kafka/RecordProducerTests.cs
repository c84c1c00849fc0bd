using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Simulator.Kafka;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class RecordProducerTests : IDisposable
{
    private const string Topic = "push.results";

    private readonly TestKafka _kafka = new();

    public void Dispose() => _kafka.Dispose();

    public static TheoryData<byte[]?, byte[]?> Records => new()
    {
        { "k"u8.ToArray(), "v"u8.ToArray() },
        { null, [0, 0xFF, 0xC3, 0x28] },
        { [], [] },
        { "compacted away"u8.ToArray(), null },
        { null, null },
    };

    [Theory]
    [MemberData(nameof(Records))]
    public async Task A_record_that_is_acked_is_in_kafka_byte_for_byte(byte[]? key, byte[]? value)
    {
        using var producer = _kafka.Producer();

        var answer = await producer.ProduceAsync(Topic, new() { Key = key, Value = value });

        Assert.Equal(new ProduceAnswer(ProduceOutcome.Acked, ErrorCode.NoError, answer.Partition, Offset: 0), answer);
        Assert.InRange(answer.Partition, 0, int.MaxValue);
        var record = Assert.Single(_kafka.Read(Topic, 1)).Message;
        Assert.Equal(key, record.Key);
        Assert.Equal(value, record.Value);
    }

    [Theory]
    [InlineData(19)] // NOT_ENOUGH_REPLICAS
    [InlineData(6)] // NOT_LEADER_FOR_PARTITION
    [InlineData(7)] // REQUEST_TIMED_OUT
    [InlineData(-195)] // the connection breaks
    public async Task A_broker_that_recovers_within_the_timeout_is_not_noticed(int error)
    {
        using var producer = _kafka.Producer();
        _kafka.Cluster.FailNext(KafkaApi.Produce, error, error, error);

        var answer = await producer.ProduceAsync(Topic, Message("v"));

        Assert.Equal(ProduceOutcome.Acked, answer.Outcome);
        Assert.Equal(1, _kafka.Count(Topic));
    }

    [Fact]
    public async Task What_could_not_leave_within_the_timeout_is_refused()
    {
        using var producer = _kafka.Producer(TestKafka.ShortTimeout);
        _kafka.Cluster.SetDown();

        var answer = await producer.ProduceAsync(Topic, Message("v")).WaitAsync(TestKafka.Patience);

        Assert.Equal(new ProduceAnswer(ProduceOutcome.Refused, ErrorCode.Local_MsgTimedOut), answer);
        _kafka.Cluster.SetUp();
        Assert.Equal(0, _kafka.Count(Topic));
    }

    [Fact]
    public async Task What_left_and_was_not_answered_within_the_timeout_is_unknown()
    {
        using var producer = _kafka.Producer(("message.timeout.ms", "3000"));
        Assert.Equal(ProduceOutcome.Acked, (await producer.ProduceAsync(Topic, Message("first"))).Outcome);
        _kafka.Cluster.SetRoundTrip(TimeSpan.FromSeconds(20));

        var answer = await producer.ProduceAsync(Topic, Message("second")).WaitAsync(TestKafka.Patience);

        Assert.Equal(ProduceOutcome.Unknown, answer.Outcome);
    }

    [Fact]
    public async Task A_broker_that_is_back_is_used_again()
    {
        using var producer = _kafka.Producer(("message.timeout.ms", "3000"));
        _kafka.Cluster.SetDown();
        Assert.Equal(ProduceOutcome.Refused, (await producer.ProduceAsync(Topic, Message("lost"))).Outcome);

        _kafka.Cluster.SetUp();
        var answer = await producer.ProduceAsync(Topic, Message("kept"));

        Assert.Equal(ProduceOutcome.Acked, answer.Outcome);
        Assert.Equal("kept"u8.ToArray(), Assert.Single(_kafka.Read(Topic, 1)).Message.Value);
    }

    [Fact]
    public async Task Above_the_queue_s_bound_a_record_is_refused_at_once()
    {
        using var producer = _kafka.Producer(("queue.buffering.max.messages", "2"));
        _kafka.Cluster.SetDown();
        Task<ProduceAnswer>[] queued = [producer.ProduceAsync(Topic, Message("1")), producer.ProduceAsync(Topic, Message("2"))];

        var third = producer.ProduceAsync(Topic, Message("3"));

        Assert.True(third.IsCompleted);
        Assert.Equal(new ProduceAnswer(ProduceOutcome.Refused, ErrorCode.Local_QueueFull), await third);
        _kafka.Cluster.SetUp();
        Assert.All(await Task.WhenAll(queued), answer => Assert.Equal(ProduceOutcome.Acked, answer.Outcome));
    }

    [Fact]
    public async Task A_record_that_is_too_large_is_refused_and_others_are_not()
    {
        using var producer = _kafka.Producer();

        var tooLarge = await producer.ProduceAsync(Topic, new() { Value = new byte[2_000_000] });

        Assert.Equal(new ProduceAnswer(ProduceOutcome.Refused, ErrorCode.MsgSizeTooLarge), tooLarge);
        Assert.Equal(ProduceOutcome.Acked, (await producer.ProduceAsync(Topic, Message("v"))).Outcome);
    }

    [Fact]
    public async Task A_producer_with_a_fatal_error_is_replaced()
    {
        using var producer = _kafka.Producer();
        _kafka.Cluster.FailNext(KafkaApi.InitProducerId, 31); // CLUSTER_AUTHORIZATION_FAILED is fatal for an idempotent producer

        var refused = producer.ProduceAsync(Topic, Message("lost"));
        Assert.NotNull(await _kafka.Meters.ProducerReplaced);
        var answer = await producer.ProduceAsync(Topic, Message("kept"));

        Assert.Equal(ProduceOutcome.Acked, answer.Outcome);
        Assert.Equal(ProduceOutcome.Refused, (await refused.WaitAsync(TestKafka.Patience)).Outcome);
        Assert.Equal("kept"u8.ToArray(), Assert.Single(_kafka.Read(Topic, 1)).Message.Value);
    }

    [Fact]
    public async Task A_listener_that_fails_is_counted_and_keeps_nobody_from_an_answer()
    {
        using var producer = _kafka.Producer();

        producer.Produce(Topic, Message("v"), new FailingListener());

        Assert.Equal(nameof(InvalidTimeZoneException), await _kafka.Meters.AnswerFailed);
        Assert.Equal(ProduceOutcome.Acked, (await producer.ProduceAsync(Topic, Message("w"))).Outcome);
    }

    [Fact]
    public async Task An_ordinary_error_replaces_nothing()
    {
        using var producer = _kafka.Producer();
        _kafka.Cluster.FailNext(KafkaApi.Produce, 87); // INVALID_RECORD

        var answer = await producer.ProduceAsync(Topic, Message("v"));

        Assert.Equal(new ProduceAnswer(ProduceOutcome.Refused, ErrorCode.InvalidRecord), answer);
        Assert.Equal(ProduceOutcome.Acked, (await producer.ProduceAsync(Topic, Message("v"))).Outcome);
        Assert.False(_kafka.Meters.HasReplacedProducer);
    }

    [Fact]
    public void It_tells_whether_kafka_answers()
    {
        using var producer = _kafka.Producer();
        Assert.True(producer.IsReachable(TestKafka.Patience));

        _kafka.Cluster.SetDown();
        Assert.False(producer.IsReachable(TimeSpan.FromMilliseconds(200)));

        _kafka.Cluster.SetUp();
        Assert.True(producer.IsReachable(TestKafka.Patience));
    }

    [Fact]
    public async Task Flush_waits_for_what_is_queued_and_tells_what_is_left()
    {
        using var producer = _kafka.Producer();
        _kafka.Cluster.SetDown();
        var waiting = producer.ProduceAsync(Topic, Message("v"));
        Assert.Equal(1, producer.Flush(TimeSpan.FromMilliseconds(50)));

        _kafka.Cluster.SetUp();

        Assert.Equal(0, producer.Flush(TestKafka.Patience));
        Assert.Equal(ProduceOutcome.Acked, (await waiting.WaitAsync(TestKafka.Patience)).Outcome);
    }

    [Fact]
    public async Task After_its_end_it_refuses()
    {
        var producer = _kafka.Producer();
        producer.Dispose();
        producer.Dispose();

        Assert.Equal(new ProduceAnswer(ProduceOutcome.Refused, ErrorCode.Local_Destroy), await producer.ProduceAsync(Topic, Message("v")));
        Assert.Equal(0, producer.Flush(TestKafka.Patience));
        Assert.False(producer.IsReachable(TestKafka.Patience));
    }

    [Fact]
    public async Task Headers_and_timestamp_are_in_kafka_as_they_were_given()
    {
        using var producer = _kafka.Producer();
        var timestamp = new Timestamp(new DateTime(2026, 9, 21, 14, 13, 20, DateTimeKind.Utc));
        var headers = new Headers { { "a", "1"u8.ToArray() }, { "ä", [] }, { "a", null }, { "", [0, 0xFF] } };
        for (var i = 0; i < 20; i++)
            headers.Add(new string('n', i * 100), new byte[i]);

        await producer.ProduceAsync(Topic, new() { Value = "v"u8.ToArray(), Headers = headers, Timestamp = timestamp });

        var record = Assert.Single(_kafka.Read(Topic, 1)).Message;
        Assert.Equal(timestamp, record.Timestamp);
        Assert.Equal(
            headers.Select(header => (header.Key, header.GetValueBytes())).ToList(),
            record.Headers.Select(header => (header.Key, header.GetValueBytes())).ToList(),
            (a, b) => a.Key == b.Key && (a.Item2 is null ? b.Item2 is null : b.Item2 is not null && a.Item2.AsSpan().SequenceEqual(b.Item2)));
    }

    [Fact]
    public async Task The_bytes_of_a_record_are_the_caller_s_again_when_produce_returns()
    {
        using var producer = _kafka.Producer();
        var answers = new Answers(records: 100);
        var buffer = new byte[1];
        for (byte i = 0; i < 100; i++)
        {
            buffer[0] = i;
            producer.Produce(Topic, key: "k"u8, buffer, headers: null, answers);
        }

        await answers.All;
        Assert.Equal(Enumerable.Range(0, 100), _kafka.Read(Topic, 100).Select(record => (int)record.Message.Value![0])); // and in order
    }

    [Theory]
    [InlineData(19)] // NOT_ENOUGH_REPLICAS for longer than the client tries
    [InlineData(87)] // INVALID_RECORD
    public async Task Who_is_refused_gets_the_value_back(int error)
    {
        using var producer = _kafka.Producer(("message.timeout.ms", "1000"));
        _kafka.Cluster.FailNext(KafkaApi.Produce, [.. Enumerable.Repeat(error, 200)]);
        var answers = new Answers(records: 2);

        producer.Produce(Topic, "k"u8, "later"u8, headers: null, answers);
        producer.Produce("no topic's name", "k"u8, "at once"u8, headers: null, answers);

        await answers.All;
        Assert.Equal(["at once", "later"], answers.Refused.Order());
    }

    [Fact]
    public async Task A_listener_that_fails_takes_nobody_s_answer()
    {
        using var producer = _kafka.Producer();
        producer.Produce(Topic, default, "v"u8, headers: null, new Failing());

        Assert.Equal(ProduceOutcome.Acked, (await producer.ProduceAsync(Topic, Message("v"))).Outcome);
    }

    /// <summary>The guard of the budget. What is left is the table of who waits: 16 bytes a place, doubled when more wait than ever before.</summary>
    [Fact]
    public async Task A_record_and_its_answer_allocate_next_to_nothing()
    {
        const int records = 5_000;
        using var producer = _kafka.Producer();
        await producer.ProduceAsync(Topic, Message("first"));
        var value = new byte[250];

        for (var round = 0; round < 2; round++) // the first warms up
        {
            var answers = new Answers(records);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < records; i++)
                producer.Produce(Topic, default, value, headers: null, answers);
            var produced = GC.GetAllocatedBytesForCurrentThread() - before;

            var answered = await answers.All.WaitAsync(TestKafka.Patience);

            Assert.Empty(answers.Refused);
            if (round == 1)
                Assert.InRange((produced + answered) / records, 0, 60);
        }
    }

    /// <summary>Counts, and tells what the thread of the answers allocated between the first and the last.</summary>
    private sealed class Answers(int records) : IProduceListener
    {
        private readonly TaskCompletionSource<long> _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<string> _refused = [];
        private long _before;
        private int _count;

        public Task<long> All => _all.Task;

        public IReadOnlyList<string> Refused => _refused;

        public void Answered(ProduceAnswer answer, ReadOnlySpan<byte> value)
        {
            lock (_refused)
            {
                if (answer.Outcome != ProduceOutcome.Acked)
                    _refused.Add(System.Text.Encoding.UTF8.GetString(value));
                if (++_count == 1)
                    _before = GC.GetAllocatedBytesForCurrentThread();
                if (_count == records)
                    _all.SetResult(GC.GetAllocatedBytesForCurrentThread() - _before);
            }
        }
    }

    private sealed class Failing : IProduceListener
    {
        public void Answered(ProduceAnswer answer, ReadOnlySpan<byte> value) => throw new InvalidOperationException("a test's");
    }

    private sealed class FailingListener : IProduceListener
    {
        public void Answered(ProduceAnswer answer, ReadOnlySpan<byte> value) => throw new InvalidTimeZoneException("the heap is torn");
    }

    private static Message<byte[]?, byte[]?> Message(string value) => new() { Value = System.Text.Encoding.UTF8.GetBytes(value) };
}
