using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Sending;
using Dispatcher.Simulator.Kafka;
using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests.Dispatching;

/// <summary>Invariant 12 where Kafka refuses for ever: what has to be kept is kept another way, and no offset waits for a miracle.</summary>
public sealed class HandOffTests : IDisposable
{
    private const int MessageTooLarge = 10;
    private const int RecordListTooLarge = 18;
    private const int InvalidRecord = 87;

    private readonly LaneCluster _cluster = new();
    private readonly ScriptedProvider _provider = new();
    private readonly Gate _gate = new();

    public void Dispose() => _cluster.Dispose();

    [Theory]
    [InlineData(MessageTooLarge, "tooLarge", "MsgSizeTooLarge")]
    [InlineData(RecordListTooLarge, "tooLarge", "RecordListTooLarge")]
    [InlineData(InvalidRecord, "notTaken", "InvalidRecord")]
    public async Task What_no_delay_tier_takes_is_a_dead_letter(int error, string reason, string code)
    {
        Answer(new SendOutcome.Unavailable { Reason = "ServiceUnavailable", Status = 503 });
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        var push = Samples.Push();
        var record = Record(Samples.Encode(push), headerBytes: 20_000);

        await FailAsync(record, error);

        await _cluster.CommittedAsync(1);
        var kept = await _cluster.DeadLetterAsync();
        Assert.Equal((push.Id, reason, $"push.delay.1s: {code}", 1), (kept.PushId, kept.Reason, kept.Detail, kept.Attempts));
        Assert.Equal(record.Value, kept.Value);
        Assert.Null(kept.ValueOmitted);
        var result = Assert.Single(await _cluster.ResultsAsync(1));
        Assert.Equal((push.Id, OutcomeKind.Rejected, reason, true, 1), (result.Id, result.Outcome, result.Reason, result.DeadLettered, result.Attempts));
        Assert.Equal(0, _cluster.Count("push.delay.1s"));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task A_dead_letter_that_is_too_large_says_where_the_original_is(int refusals, bool isBare)
    {
        Answer(new SendOutcome.Rejected { Reason = "BadDeviceToken", Status = 400 });
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        var push = Samples.Push();
        var record = Record(Samples.Encode(push), headerBytes: 20_000);

        await FailAsync(record, [.. Enumerable.Repeat(MessageTooLarge, refusals)]);

        await _cluster.CommittedAsync(1);
        var kept = await _cluster.DeadLetterAsync();
        Assert.Null(kept.Value);
        Assert.Equal((record.Value!.Length, _cluster.Topic, 0, 0L), (kept.ValueOmitted, kept.OriginalTopic, kept.OriginalPartition, kept.OriginalOffset));
        Assert.Equal((push.Id, "BadDeviceToken"), (kept.PushId, kept.Reason));
        Assert.Equal(isBare ? null : record.Key, kept.Key);
        Assert.Equal(isBare ? 0 : 1, kept.Headers!.Count);
        Assert.Single(await _cluster.ResultsAsync(1));
        Assert.Equal(1, worker.Counters["dispatcher.dead_letters.cut"]);
        Assert.Contains(worker.Log.All, line => line.Contains("Error", StringComparison.Ordinal) && line.Contains("is too large for push.apns.dead", StringComparison.Ordinal));
    }

    /// <summary>The client's own bound, which is above every topic's default: a topic took the record because its bound is higher still.</summary>
    [Fact]
    public async Task A_record_above_the_client_s_bound_is_a_dead_letter_too()
    {
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);

        await _cluster.ProduceAsync(new Message<byte[]?, byte[]?> { Value = new byte[3_000_000] });

        await _cluster.CommittedAsync(1);
        var kept = await _cluster.DeadLetterAsync();
        Assert.Equal((3_000_000, "tooLarge", 0L), (kept.ValueOmitted, kept.Reason, kept.OriginalOffset));
    }

    /// <summary>A broker speaks of a batch, not of a record: the next batch is another one, and a small record goes its way.</summary>
    [Fact]
    public async Task A_small_record_in_too_large_a_batch_is_offered_again()
    {
        Answer(new SendOutcome.Rejected { Reason = "BadDeviceToken", Status = 400 });
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        var record = Record(Samples.Encode(Samples.Push()));

        await FailAsync(record, MessageTooLarge, MessageTooLarge);

        await _cluster.CommittedAsync(1);
        Assert.Equal(record.Value, (await _cluster.DeadLetterAsync()).Value);
        Assert.InRange(worker.Counters["dispatcher.kafka.hand_off.retries"], 2, 10);
    }

    /// <summary>An operator can create a topic: until then the record is offered again and again, and the log says so once.</summary>
    [Fact]
    public async Task What_an_operator_can_repair_is_waited_for_and_said()
    {
        Answer(new SendOutcome.Rejected { Reason = "BadDeviceToken", Status = 400 });
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        var record = Record(Samples.Encode(Samples.Push()), headerBytes: 20_000);

        await FailAsync(record, 29, 29, 29); // TOPIC_AUTHORIZATION_FAILED

        await _cluster.CommittedAsync(1);
        Assert.Equal(record.Value, (await _cluster.DeadLetterAsync()).Value);
        Assert.InRange(worker.Counters["dispatcher.kafka.hand_off.retries"], 3, 10);
        Assert.Single(worker.Log.All, line => line.Contains("Kafka does not take a record for push.apns.dead: TopicAuthorizationFailed", StringComparison.Ordinal));
    }

    private void Answer(SendOutcome outcome) => _provider.Answer = async (_, abort) =>
    {
        await _gate.PassAsync(abort);
        return outcome;
    };

    /// <summary>Has the record sent, and what follows refused by Kafka.</summary>
    private async Task FailAsync(Message<byte[]?, byte[]?> record, params int[] errors)
    {
        await _cluster.ProduceAsync(record);
        await _provider.CameAsync(1);
        _cluster.Kafka.FailNext(KafkaApi.Produce, errors);
        _gate.Open();
    }

    private static Message<byte[]?, byte[]?> Record(byte[] value, int headerBytes = 0) => new()
    {
        Key = Encoding.UTF8.GetBytes("order-42"),
        Value = value,
        Headers = headerBytes == 0 ? [] : new Headers { { "x-trace", new byte[headerBytes] } },
    };
}
