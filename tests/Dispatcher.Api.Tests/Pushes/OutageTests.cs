using Dispatcher.Core.Pushes;
using Dispatcher.Simulator.Kafka;

namespace Dispatcher.Api.Tests.Pushes;

/// <summary>Kafka in trouble: 503, and no doubt about what was taken. Each test has an API of its own.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private const string Token = "7f3a00000000000000000000000000000000000000000000000000000000c0de";
    private const string Push = "{\"to\":{\"app\":\"shop-ios\",\"token\":\"" + Token + "\"},\"data\":{\"k\":\"v\"}}";
    private const string PushOnTwoLanes =
        "{\"to\":[{\"app\":\"shop-ios\",\"token\":\"" + Token + "\"},{\"app\":\"shop-android\",\"token\":\"f:A\"}],\"data\":{\"k\":\"v\"}}";

    private ApiProcess _api = null!;

    public async Task InitializeAsync() => _api = await ApiProcess.StartAsync(("Kafka:Properties:message.timeout.ms", "3000"));

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task While_kafka_is_down_nothing_is_accepted_and_afterwards_all_is()
    {
        Assert.Equal(202, (await _api.PushAsync(Push)).Status);

        _api.Kafka.Cluster.SetDown();
        // Until its connection has broken, the producer would put the records on it, and nobody could say whether they were taken.
        while ((await _api.SendAsync(HttpMethod.Get, "/health/ready")).Status != 503)
            await Task.Yield();
        var refused = await _api.PushAsync(PushOnTwoLanes);
        var ready = await _api.SendAsync(HttpMethod.Get, "/health/ready");
        var live = await _api.SendAsync(HttpMethod.Get, "/health/live");
        _api.Kafka.Cluster.SetUp();
        var accepted = await _api.PushAsync(Push);

        Assert.Equal((503, "kafka-unavailable", "application/problem+json"), (refused.Status, refused.Problem, refused.ContentType));
        Assert.Equal("5", refused.Headers["Retry-After"]);
        Assert.Equal("Nothing was accepted; send the same request again later.", refused.Json.GetProperty("detail").GetString());
        Assert.Equal(["type", "title", "status", "detail"], refused.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal((503, 200), (ready.Status, live.Status));
        Assert.Equal(202, accepted.Status);
        Assert.Equal(2, _api.Kafka.Count());
        Assert.Equal(200, (await _api.SendAsync(HttpMethod.Get, "/health/ready")).Status);
    }

    [Fact]
    public async Task A_request_of_which_kafka_took_a_part_says_which()
    {
        Assert.Equal(202, (await _api.PushAsync(PushOnTwoLanes)).Status);

        _api.Kafka.Cluster.FailNext(KafkaApi.Produce, 87); // INVALID_RECORD: not tried again; each lane is a request of its own
        var answer = await _api.PushAsync(PushOnTwoLanes);

        Assert.Equal((503, "kafka-unavailable"), (answer.Status, answer.Problem));
        var accepted = Assert.Single(answer.Json.GetProperty("accepted").EnumerateArray()).GetGuid();
        Assert.False(answer.Json.TryGetProperty("unknown", out _));
        Assert.Contains(accepted, Lane.All.SelectMany(_api.Kafka.Read).Select(push => push.Id));
        Assert.Equal(3, _api.Kafka.Count());
    }

    /// <summary>What was taken lies there twice then, with the same mark, and a worker sends one of them.</summary>
    [Fact]
    public async Task A_request_with_a_key_of_which_kafka_took_a_part_may_be_sent_again_as_it_is()
    {
        Assert.Equal(202, (await _api.PushAsync(PushOnTwoLanes)).Status);
        var key = ("Idempotency-Key", "order-42");

        _api.Kafka.Cluster.FailNext(KafkaApi.Produce, 87);
        var answer = await _api.PushAsync(PushOnTwoLanes, key);
        var other = await _api.PushAsync(Push, key);
        var again = await _api.PushAsync(PushOnTwoLanes, key);

        Assert.Equal((503, 422, 202), (answer.Status, other.Status, again.Status));
        Assert.EndsWith("Send it again as it is, with the same key: no push is sent twice.", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.False(again.Headers.ContainsKey("Idempotency-Replayed"));
        var taken = Assert.Single(answer.Json.GetProperty("accepted").EnumerateArray()).GetGuid();
        Assert.Contains(taken, again.PushIds);
        var records = Lane.All.SelectMany(_api.Kafka.ReadRecords).Where(record => record.Push.Id == taken).ToList();
        Assert.Equal(2, records.Count);
        Assert.Single(records.Select(record => (record.Mark!.Value, record.Partition)).Distinct());
    }

    [Fact]
    public async Task A_push_that_left_and_was_not_answered_is_named_as_unknown()
    {
        Assert.Equal(202, (await _api.PushAsync(Push)).Status);

        _api.Kafka.Cluster.SetRoundTrip(TimeSpan.FromSeconds(30));
        var answer = await _api.PushAsync(Push);

        Assert.Equal((503, "kafka-unavailable"), (answer.Status, answer.Problem));
        Assert.Single(answer.Json.GetProperty("unknown").EnumerateArray());
        Assert.False(answer.Json.TryGetProperty("accepted", out _));
    }

    [Fact]
    public async Task A_broker_that_is_slow_to_lead_again_is_not_noticed()
    {
        _api.Kafka.Cluster.FailNext(KafkaApi.Produce, 6, 19, 6); // NOT_LEADER_FOR_PARTITION, NOT_ENOUGH_REPLICAS

        Assert.Equal(202, (await _api.PushAsync(PushOnTwoLanes)).Status);
        Assert.Equal(2, _api.Kafka.Count());
    }
}
