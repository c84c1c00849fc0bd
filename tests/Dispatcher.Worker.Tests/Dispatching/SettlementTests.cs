using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Simulator.Kafka;
using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests.Dispatching;

/// <summary>What becomes of a push, seen from outside: results, dead letters, tokens, and the committed offset after all of them.</summary>
public sealed class SettlementTests : IDisposable
{
    private readonly LaneCluster _cluster = new();
    private readonly ScriptedProvider _provider = new();

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task An_accepted_push_has_a_result_and_its_offset_is_committed()
    {
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);

        var push = Assert.Single(await _cluster.ProduceAsync(1)).Push;

        await _cluster.CommittedAsync(1);
        var result = Assert.Single(await _cluster.ResultsAsync(1));
        Assert.Equal((push.Id, Samples.Ios, "apns.urgent", push.Target.Hash), (result.Id, result.App, result.Lane, result.Target));
        Assert.Equal((OutcomeKind.Accepted, "provider-id", 1, false), (result.Outcome, result.ProviderId, result.Attempts, result.DeadLettered));
    }

    [Fact]
    public async Task A_rejected_push_is_kept_byte_by_byte()
    {
        Answer(new SendOutcome.Rejected { Reason = "BadDeviceToken", Status = 400, Detail = "no token of the sandbox" });
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        var push = Samples.Push();
        var record = Record(Samples.Encode(push), key: "order-42", ("traceparent", "00-trace-01"), ("x-source", "shop"));

        await _cluster.ProduceAsync(record);

        await _cluster.CommittedAsync(1);
        var kept = await _cluster.DeadLetterAsync();
        Assert.Equal(record.Key, kept.Key);
        Assert.Equal(record.Value, kept.Value);
        Assert.Equal((_cluster.Topic, 0, 0L, _cluster.Group), (kept.OriginalTopic, kept.OriginalPartition, kept.OriginalOffset, kept.ConsumerGroup));
        Assert.Equal((push.Id, Samples.Ios, "shop", "apns"), (kept.PushId, kept.App, kept.Tenant, kept.Provider));
        Assert.Equal(("rejected", "BadDeviceToken", 400, 1), (kept.Outcome, kept.Reason, kept.Status, kept.Attempts));
        Assert.Equal(("00-trace-01", "no token of the sandbox"), (kept.TraceParent, kept.Detail));
        var result = Assert.Single(await _cluster.ResultsAsync(1));
        Assert.Equal((push.Id, OutcomeKind.Rejected, true), (result.Id, result.Outcome, result.DeadLettered));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_dead_letter_has_the_headers_of_the_original_also_after_a_delay(bool isDelayed)
    {
        var rejected = new SendOutcome.Rejected { Reason = "BadDeviceToken", Status = 400 };
        var unavailable = new SendOutcome.Unavailable { Reason = "ServiceUnavailable", Status = 503 };
        _provider.Answer = (push, _) => Task.FromResult<SendOutcome>(isDelayed && _provider.Came[push.Id] == 1 ? unavailable : rejected);
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        var record = Record(Samples.Encode(Samples.Push()), null, ("x-source", "shop"), ("x-source", "again"), ("traceparent", "00-trace-01"));
        record.Headers.Add("x-empty", null);

        await _cluster.ProduceAsync(record);

        var headers = Assert.Single(await _cluster.ReadAsync(
            _cluster.Options.Topics.DeadLetters(Provider.Apns), 1, letter => letter.Message.Headers));
        Assert.Equal(["shop", "again"], Values(headers, "x-source"));
        Assert.Equal(["00-trace-01"], Values(headers, "traceparent"));
        Assert.Equal([isDelayed ? "2" : "1"], Values(headers, DeadLetterHeaders.Attempts));
        Assert.True(headers.TryGetLastBytes("x-empty", out var empty) && empty is null);
    }

    /// <summary>Headers may have no value at all; one that we look at must not stop its record for ever.</summary>
    [Fact]
    public async Task A_header_without_a_value_stops_nobody()
    {
        Answer(new SendOutcome.Rejected { Reason = "BadDeviceToken", Status = 400 });
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        var record = Record(Samples.Encode(Samples.Push()), null);
        record.Headers.Add("traceparent", null);

        await _cluster.ProduceAsync(record);

        await _cluster.CommittedAsync(1);
        Assert.Null((await _cluster.DeadLetterAsync()).TraceParent);
    }

    [Fact]
    public async Task An_unregistered_token_is_reported_with_the_time_the_provider_gave()
    {
        var since = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        Answer(new SendOutcome.Unregistered(since) { Reason = "Unregistered", Status = 410 });
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        var push = Assert.Single(await _cluster.ProduceAsync(1)).Push;

        var (key, invalid) = Assert.Single(await _cluster.ReadAsync(_cluster.Options.Topics.Tokens, 1, record =>
            (Encoding.UTF8.GetString(record.Message.Key!), InvalidToken.Read(record.Message.Value))));

        await _cluster.CommittedAsync(1);
        Assert.Equal($"{Samples.Ios}:{Samples.Token}", key);
        Assert.Equal((Samples.Ios, Samples.Token, "Unregistered", since, push.Id), (invalid.App, invalid.Token, invalid.Reason, invalid.Since, invalid.PushId));
        Assert.InRange(invalid.SentAt, push.AcceptedAt, TimeProvider.System.GetUtcNow());
        Assert.False(Assert.Single(await _cluster.ResultsAsync(1)).DeadLettered);
        Assert.Equal(0, _cluster.Count(_cluster.Options.Topics.DeadLetters(Provider.Apns)));
    }

    [Fact]
    public async Task An_installation_that_is_gone_is_reported_as_what_it_is()
    {
        Answer(new SendOutcome.Unregistered(null) { Reason = "UNREGISTERED", Status = 404 });
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        await ProduceToFcmAsync(new Target(TargetKind.Fid, "cXyz-_0123"));

        var invalid = Assert.Single(await _cluster.ReadAsync(_cluster.Options.Topics.Tokens, 1, record => InvalidToken.Read(record.Message.Value)));

        Assert.Equal((TargetKind.Fid, "cXyz-_0123"), (invalid.Kind, invalid.Token));
    }

    [Fact]
    public async Task A_topic_s_push_goes_its_way_and_its_result_says_what_it_was()
    {
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);

        var push = await ProduceToFcmAsync(new Target(TargetKind.Topic, "news"), validateOnly: true);

        var result = Assert.Single(await _cluster.ResultsAsync(1));
        Assert.Equal((TargetKind.Topic, push.Target.Hash, true), (result.Kind, result.Target, result.ValidateOnly));
        Assert.Equal((OutcomeKind.Accepted, "fcm.urgent"), (result.Outcome, result.Lane));
    }

    [Fact]
    public async Task What_the_provider_calls_wrong_is_the_dead_letter_s_detail()
    {
        Answer(new SendOutcome.Rejected { Reason = "INVALID_ARGUMENT", Detail = "message.android.ttl", Status = 400 });
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);

        await _cluster.ProduceAsync(1);

        Assert.Equal("message.android.ttl", (await _cluster.DeadLetterAsync()).Detail);
    }

    [Fact]
    public async Task An_expired_push_is_settled_without_being_sent()
    {
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);

        await _cluster.ProduceAsync(1, _ => Samples.Push() with { TimeToLive = 60, AcceptedAt = TimeProvider.System.GetUtcNow().AddMinutes(-2) });

        await _cluster.CommittedAsync(1);
        var result = Assert.Single(await _cluster.ResultsAsync(1));
        Assert.Equal((OutcomeKind.Expired, 0, false), (result.Outcome, result.Attempts, result.DeadLettered));
        Assert.Empty(_provider.Came);
    }

    public static TheoryData<string, string?, string> Poison => new()
    {
        { "undecodable", "not JSON at all \u0001", "undecodable" },
        { "tombstone", null, "undecodable" },
        { "empty", "", "undecodable" },
        { "future schema", """{"v":99,"id":"0199c2a8-7b1c-7def-8000-000000000001","app":"shop-ios","token":"7f3a7f3a7f3a7f3a"}""", "undecodable" },
        { "lone surrogate in a name", """{"\ud800":1,"app":"shop-ios"}""", "undecodable" },
        { "lone surrogate in a value", """{"v":1,"id":"0199c2a8-7b1c-7def-8000-000000000001","app":"\ud800","token":"7f3a7f3a7f3a7f3a"}""", "undecodable" },
        { "unknown app", Json(app: "nobody"), "unknownApp" },
        { "wrong lane", Json(app: Samples.Android), "wrongLane" },
        { "too large", $$"""{"v":1,"pad":"{{new string('x', 70_000)}}"}""", "tooLarge" },
        { "bad token", Json(token: "no hex at all!"), "invalidToken" },
        { "topic of a provider without topics", Json().Replace("\"token\"", "\"topic\"", StringComparison.Ordinal), "invalidToken" },
        { "apns cannot validate", Json().Replace("\"v\"", "\"validateOnly\":true,\"v\"", StringComparison.Ordinal), "cannotValidate" },
        { "two targets", Json().Replace("\"v\"", "\"fid\":\"f\",\"v\"", StringComparison.Ordinal), "undecodable" },
    };

    /// <summary>No crash loop, no skipping: the record is kept as it is, and the next push goes its way.</summary>
    [Theory]
    [MemberData(nameof(Poison))]
    public async Task What_is_no_push_of_the_lane_is_kept_intact_and_stops_nobody(string what, string? value, string reason)
    {
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        var poison = Record(value is null ? null : Encoding.UTF8.GetBytes(value), what, ("x-source", what));

        await _cluster.ProduceAsync(poison);
        var healthy = Assert.Single(await _cluster.ProduceAsync(1)).Push;

        await _cluster.CommittedAsync(2);
        var kept = await _cluster.DeadLetterAsync();
        Assert.Equal(poison.Key, kept.Key);
        Assert.Equal(poison.Value, kept.Value);
        Assert.Equal((reason, 0L), (kept.Reason, kept.OriginalOffset));
        Assert.Equal([healthy.Id], _provider.Came.Keys);
        Assert.Equal(0, worker.Counters["dispatcher.kafka.consumer.replaced"]);
        Assert.DoesNotContain(worker.Log.All, line => line.Contains(Samples.Token, StringComparison.Ordinal) || line.Contains("no hex", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_push_of_an_app_that_this_worker_does_not_know_yet_waits_for_it()
    {
        await using var worker = await TestWorker.StartAsync(_cluster, _provider, retry: new RetryOptions());
        var tiers = _cluster.Options.Topics.Delays;

        await _cluster.ProduceAsync(Record(Samples.Encode(Samples.Push("new-app")), key: null));

        await _cluster.CommittedAsync(1);
        var waits = Assert.Single(await _cluster.ReadAsync(
            tiers.TopicFor(DateTimeOffset.UnixEpoch.AddSeconds(10), DateTimeOffset.UnixEpoch), 1, record => DelayedPush.Read(record.Message.Headers)));
        Assert.Equal(("unknownApp", 0, 0), (waits!.Reason, waits.Attempts, waits.Retries));
    }

    [Fact]
    public async Task A_push_whose_app_does_not_come_becomes_a_dead_letter_after_the_grace()
    {
        await using var worker = await TestWorker.StartAsync(_cluster, _provider, retry: new RetryOptions());
        var old = Samples.Push("gone");

        await _cluster.ProduceAsync(Record(Samples.Encode(old with { AcceptedAt = old.AcceptedAt - TimeSpan.FromMinutes(11) }), key: null));

        Assert.Equal("unknownApp", (await _cluster.DeadLetterAsync()).Reason);
    }

    /// <summary>A service that stamps in microseconds, or brokers without a limit: the clock of a record may say anything.</summary>
    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1_790_000_000_000_000)]
    [InlineData(0)]
    public async Task A_record_with_an_absurd_timestamp_stops_nobody(long timestamp)
    {
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        var json = Json().Replace("acceptedAt", "ignored", StringComparison.Ordinal).Replace("\"v\":1", "\"v\":1,\"timeToLive\":60", StringComparison.Ordinal);
        var record = new Message<byte[]?, byte[]?>
        {
            Value = Encoding.UTF8.GetBytes(json),
            Timestamp = new Timestamp(timestamp, TimestampType.CreateTime),
        };

        await _cluster.ProduceAsync(record);

        await _cluster.CommittedAsync(1);
        Assert.Single(await _cluster.ResultsAsync(1));
        Assert.Equal(0, worker.Counters["dispatcher.kafka.consumer.replaced"]);
    }

    /// <summary>With its headers a dead letter is longer than its original, and an original may be as long as its producer allows.</summary>
    [Fact]
    public async Task The_longest_record_that_a_service_can_produce_is_kept_too()
    {
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        var longest = new byte[999_900];

        await _cluster.ProduceAsync(new Message<byte[]?, byte[]?> { Value = longest });

        await _cluster.CommittedAsync(1);
        Assert.Equal(longest, (await _cluster.DeadLetterAsync()).Value);
    }

    /// <summary>Invariant 12: while Kafka does not take what has to be kept, the source stays where it is.</summary>
    [Theory]
    [InlineData(19, false)] // NOT_ENOUGH_REPLICAS: librdkafka itself tries again
    [InlineData(29, true)] // TOPIC_AUTHORIZATION_FAILED: it does not, so we do, until somebody has put the ACL right
    [InlineData(87, true)] // INVALID_RECORD
    public async Task The_offset_waits_until_Kafka_has_what_has_to_be_kept(int error, bool isOurRetry)
    {
        var gate = new Gate();
        _provider.Answer = async (_, abort) =>
        {
            await gate.PassAsync(abort);
            return new SendOutcome.Rejected { Reason = "BadDeviceToken", Status = 400 };
        };
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);
        var push = Assert.Single(await _cluster.ProduceAsync(1)).Push;
        await _provider.CameAsync(1);
        _cluster.Kafka.FailNext(KafkaApi.Produce, [.. Enumerable.Repeat(error, 500)]);

        gate.Open();
        await _provider.AnsweredAsync(1);
        if (isOurRetry)
            await Eventually.IsAsync(() => worker.Counters["dispatcher.kafka.hand_off.retries"] >= 2, "the hand-off is retried");
        Assert.Equal(0, Assert.Single(await _cluster.CommittedAsync()));
        Assert.Equal(1, worker.InFlight);

        _cluster.Kafka.ClearFailures(KafkaApi.Produce);
        await _cluster.CommittedAsync(1);
        Assert.Contains(await _cluster.DeadLettersAsync(1), kept => kept.PushId == push.Id);
        Assert.Equal(1, _provider.Came[push.Id]);
    }

    /// <summary>Invariant 11: what cannot be sent now is tried again, not earlier than it may, and holds no offset meanwhile.</summary>
    [Fact]
    public async Task A_push_that_waits_for_another_attempt_frees_its_offset_and_comes_back()
    {
        var wait = TimeSpan.FromSeconds(2);
        var arrivals = new ConcurrentQueue<DateTimeOffset>();
        _provider.Answer = (_, _) =>
        {
            arrivals.Enqueue(TimeProvider.System.GetUtcNow());
            return Task.FromResult(arrivals.Count == 1
                ? new SendOutcome.Unavailable { Reason = "ServiceUnavailable", Status = 503, RetryAfter = wait }
                : ScriptedProvider.Accepted);
        };
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);

        var push = Assert.Single(await _cluster.ProduceAsync(1)).Push;

        await _cluster.CommittedAsync(1);
        var result = Assert.Single(await _cluster.ResultsAsync(1));
        Assert.Equal((push.Id, OutcomeKind.Accepted, 2), (result.Id, result.Outcome, result.Attempts));
        Assert.True(arrivals.Last() - arrivals.First() >= wait, "it came back too early");
    }

    private static IEnumerable<string> Values(Headers headers, string name) =>
        headers.Where(header => header.Key == name).Select(header => Encoding.UTF8.GetString(header.GetValueBytes()));

    private void Answer(SendOutcome outcome) => _provider.Answer = (_, _) => Task.FromResult(outcome);

    private async Task<PushNotification> ProduceToFcmAsync(Target target, bool validateOnly = false)
    {
        var push = Samples.Push(Samples.Android) with { Target = target, ValidateOnly = validateOnly };
        await _cluster.ProduceAsync(
            _cluster.Options.Topics.Pushes(new Lane(Provider.Fcm, PushClass.Urgent)), new Message<byte[]?, byte[]?> { Value = Samples.Encode(push) });
        return push;
    }

    private static string Json(string app = Samples.Ios, string token = Samples.Token) => Encoding.UTF8.GetString(Samples.Encode(Samples.Push(app, token)));

    private static Message<byte[]?, byte[]?> Record(byte[]? value, string? key, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var record = new Message<byte[]?, byte[]?> { Key = key is null ? null : Encoding.UTF8.GetBytes(key), Value = value, Headers = [] };
        foreach (var (name, text) in headers)
            record.Headers.Add(name, Encoding.UTF8.GetBytes(text));
        return record;
    }
}
