using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class DeadLetterTests
{
    private const string Topic = "push.apns.dead";

    private static readonly DateTimeOffset Time = new DateTimeOffset(2026, 9, 21, 14, 13, 20, TimeSpan.Zero).AddTicks(1_234_567);

    private static readonly DeadLetter Full = new()
    {
        Key = "shop-ios"u8.ToArray(),
        Value = [0x7B, 0xC3, 0x28, 0x00],
        OriginalTopic = "push.apns.urgent",
        OriginalPartition = 3,
        OriginalOffset = 5_000_000_000,
        OriginalTimestamp = Time,
        Reason = "BadDeviceToken",
        LastFailedAt = Time.AddSeconds(2),
        FirstFailedAt = Time.AddSeconds(1),
        ConsumerGroup = "dispatcher.push.apns.urgent",
        PushId = Guid.Parse("019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff"),
        App = "shop-ios",
        Tenant = "größe 😀",
        Provider = "apns",
        Outcome = "rejected",
        Status = 400,
        Detail = "what else is known",
        Attempts = 3,
        Worker = "host-1/0.1.0",
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };

    private static readonly DeadLetter Least = new()
    {
        Key = null,
        Value = null,
        OriginalTopic = "push.fcm.bulk",
        OriginalPartition = 0,
        OriginalOffset = 0,
        OriginalTimestamp = Time,
        Reason = "undecodable",
        LastFailedAt = Time,
    };

    [Fact]
    public async Task Everything_known_comes_back_from_kafka() => await AssertRoundTripAsync(Full);

    [Fact]
    public async Task Without_its_value_it_says_how_long_that_was()
    {
        Assert.Equal(4, Full.WithoutValue().ValueOmitted);
        await AssertRoundTripAsync(Full.WithoutValue());
        await AssertRoundTripAsync(Least.WithoutOriginal());
    }

    [Fact]
    public async Task Headers_of_the_original_s_producer_are_kept() =>
        await AssertRoundTripAsync(Least with { Headers = new Headers { { "order", "42"u8.ToArray() }, { "order", [0xFF] }, { "empty", null } } });

    [Fact]
    public void A_header_of_the_original_does_not_pass_for_one_of_ours() =>
        Assert.Equal("undecodable", DeadLetter.Read(Record((Least with { Headers = new Headers { { "reason", "none"u8.ToArray() } } }).ToMessage().Headers)).Reason);

    [Fact]
    public async Task What_is_not_known_is_left_out() => await AssertRoundTripAsync(Least);

    [Fact]
    public void Without_a_value_no_header_is_written() =>
        Assert.Equal(
            ["original-topic", "original-partition", "original-offset", "original-timestamp", "reason", "attempts", "last-failed-at", "schema-version"],
            Least.ToMessage().Headers.Select(header => header.Key));

    [Fact]
    public void Headers_are_text_that_people_can_read()
    {
        var headers = Full.ToMessage().Headers.ToDictionary(header => header.Key, header => Encoding.UTF8.GetString(header.GetValueBytes()));

        Assert.Equal("2026-09-21T14:13:20.1234567Z", headers["original-timestamp"]);
        Assert.Equal(("5000000000", "400", "3", "1"), (headers["original-offset"], headers["http-status"], headers["attempts"], headers["schema-version"]));
        Assert.Equal("019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff", headers["push-id"]);
    }

    [Fact]
    public void A_long_detail_is_cut()
    {
        var headers = (Full with { Detail = new string('d', 5000) }).ToMessage().Headers;

        Assert.Equal(DeadLetter.MaxDetailLength, headers.GetLastBytes("detail").Length);
    }

    [Fact]
    public void A_record_that_says_nothing_is_read_all_the_same()
    {
        var read = DeadLetter.Read(Record(new Headers()));

        Assert.Equal(("", -1, -1), (read.OriginalTopic, read.OriginalPartition, read.OriginalOffset));
        Assert.Equal(("unknown", 0), (read.Reason, read.Attempts));
        Assert.Equal((Time.AddTicks(-4567), Time.AddTicks(-4567)), (read.OriginalTimestamp, read.LastFailedAt));
        Assert.Equal((null, null, null), (read.PushId, read.Status, read.FirstFailedAt));
    }

    [Fact]
    public void Headers_that_cannot_be_read_are_left_out()
    {
        var headers = new Headers();
        foreach (var name in (string[])["original-offset", "original-timestamp", "push-id", "http-status", "attempts", "first-failed-at"])
            headers.Add(name, [0xC3, 0x28]);

        var read = DeadLetter.Read(Record(headers));

        Assert.Equal((-1, 0), (read.OriginalOffset, read.Attempts));
        Assert.Equal((null, null, null), (read.PushId, read.Status, read.FirstFailedAt));
    }

    // Kafka's timestamps have milliseconds.
    private static ConsumeResult<byte[]?, byte[]?> Record(Headers headers) => new()
    {
        Message = new() { Value = [1], Headers = headers, Timestamp = new Timestamp(Time) },
    };

    private static async Task AssertRoundTripAsync(DeadLetter letter)
    {
        using var kafka = new TestKafka();
        using var producer = kafka.Producer();

        var answer = await producer.ProduceAsync(Topic, letter.ToMessage());
        var read = DeadLetter.Read(Assert.Single(kafka.Read(Topic, 1)));

        Assert.Equal(ProduceOutcome.Acked, answer.Outcome);
        Assert.Equal(letter.Key, read.Key);
        Assert.Equal(letter.Value, read.Value);
        Assert.Equal(letter with { Key = null, Value = null, Headers = null }, read with { Key = null, Value = null, Headers = null });
        Assert.Equal(letter.Headers?.Select(header => header.Key) ?? [], read.Headers!.Select(header => header.Key));
    }
}
