using Dispatcher.Simulator.Apns;
using Dispatcher.Simulator.Tests.Wire;

namespace Dispatcher.Simulator.Tests.Apns;

public class ApnsEndpointTests(SimulatorFixture fixture) : IClassFixture<SimulatorFixture>
{
    public static IEnumerable<object[]> EveryRow =>
        ApnsReason.Rows.SelectMany(rows => rows.Value.Select((reason, index) => new object[] { rows.Key, index, reason.Name }));

    [Fact]
    public async Task A_good_push_is_answered_200_without_a_body_and_with_its_id()
    {
        var answer = await new ApnsPush { Headers = { ["apns-id"] = "0d4d7f0e-0c0f-4c65-9d0c-3a9f4b1e6a10" } }.SendAsync(fixture);

        Assert.Equal((200, ""), (answer.Status, answer.Body));
        Assert.Equal("0D4D7F0E-0C0F-4C65-9D0C-3A9F4B1E6A10", answer.Headers["apns-id"]);
        Assert.True(Guid.TryParse(answer.Headers["apns-unique-id"], out _));
        Assert.Equal(2, answer.Version.Major);
    }

    [Fact]
    public async Task A_push_without_an_id_gets_one()
    {
        var first = await new ApnsPush().SendAsync(fixture);
        var second = await new ApnsPush().SendAsync(fixture);

        Assert.True(Guid.TryParse(first.Headers["apns-id"], out _));
        Assert.NotEqual(first.Headers["apns-id"], second.Headers["apns-id"]);
    }

    [Theory]
    [MemberData(nameof(EveryRow))]
    public async Task Every_reason_can_be_scripted_by_the_token(int status, int index, string reason)
    {
        var answer = await new ApnsPush { Path = ApnsPush.Scripted($"fa11{status}{index:x}") }.SendAsync(fixture);

        Assert.Equal((status, reason), (answer.Status, answer.Json.GetProperty("reason").GetString()));
        Assert.Equal("application/json", answer.Headers["content-type"]);
        Assert.True(answer.Headers.ContainsKey("apns-id"));
    }

    [Theory]
    [InlineData("fa114100", "Unregistered")]
    [InlineData("fa114101", "ExpiredToken")]
    [InlineData("fa114000", "BadDeviceToken")]
    [InlineData("fa114001", "DeviceTokenNotForTopic")]
    [InlineData("fa114002", "BadTopic")]
    [InlineData("fa114290", "TooManyRequests")]
    [InlineData("fa114291", "TooManyProviderTokenUpdates")]
    [InlineData("fa115000", "InternalServerError")]
    [InlineData("fa115030", "ServiceUnavailable")]
    [InlineData("fa115031", "Shutdown")]
    [InlineData("fa114030", "InvalidProviderToken")]
    [InlineData("fa114031", "ExpiredProviderToken")]
    [InlineData("FA11418F", "NotInTheTable")]
    public async Task The_published_indexes_stay_what_they_are(string prefix, string reason)
    {
        var answer = await new ApnsPush { Path = ApnsPush.Scripted(prefix) }.SendAsync(fixture);

        Assert.Equal(reason, answer.Json.GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("fa114100")]
    [InlineData("fa114101")]
    public async Task A_dead_token_is_told_since_when_in_milliseconds(string prefix)
    {
        var answer = await new ApnsPush { Path = ApnsPush.Scripted(prefix) }.SendAsync(fixture);

        var since = DateTimeOffset.FromUnixTimeMilliseconds(answer.Json.GetProperty("timestamp").GetInt64());
        Assert.InRange(fixture.Time.GetUtcNow() - since, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task A_flaky_token_fails_as_often_as_it_says_and_is_then_accepted()
    {
        var push = new ApnsPush { Path = ApnsPush.Scripted("f1a550302beef") };

        int[] statuses = [(await push.SendAsync(fixture)).Status, (await push.SendAsync(fixture)).Status, (await push.SendAsync(fixture)).Status];

        Assert.Equal([503, 503, 200], statuses);
    }

    [Fact]
    public async Task A_slow_token_is_accepted_after_the_time_it_says()
    {
        var answer = await new ApnsPush { Path = ApnsPush.Scripted("51040250") }.SendAsync(fixture);

        Assert.Equal(200, answer.Status);
        Assert.Contains(TimeSpan.FromMilliseconds(250), fixture.Time.Waited);
    }

    public static TheoryData<string, string?, string> BadHeaders { get; } = new()
    {
        { "apns-id", "not-a-uuid", "BadMessageId" },
        { "apns-id", "0d4d7f0e0c0f4c659d0c3a9f4b1e6a10", "BadMessageId" },
        { "apns-expiration", "tomorrow", "BadExpirationDate" },
        { "apns-expiration", "-1", "BadExpirationDate" },
        { "apns-priority", "7", "BadPriority" },
        { "apns-priority", "high", "BadPriority" },
        { "apns-push-type", "banner", "InvalidPushType" },
        { "apns-push-type", "Alert", "InvalidPushType" },
        { "apns-collapse-id", new string('x', 65), "BadCollapseId" },
        { "apns-topic", null, "MissingTopic" },
        { "apns-topic", "", "MissingTopic" },
        { "apns-topic", "com.example shop", "BadTopic" },
        { "apns-topic", "com.example.shop.voip", "BadTopic" },
        { "apns-topic", "com.example.other", "TopicDisallowed" },
        { "apns-topic", "com.example.shop.extension", "TopicDisallowed" },
        { "authorization", null, "MissingProviderToken" },
    };

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public async Task A_bad_header_is_refused(string header, string? value, string reason)
    {
        var answer = await new ApnsPush { Headers = { [header] = value } }.SendAsync(fixture);

        Assert.Equal(reason, answer.Json.GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("apns-expiration", "0")]
    [InlineData("apns-expiration", "1790000000")]
    [InlineData("apns-priority", "10")]
    [InlineData("apns-priority", "5")]
    [InlineData("apns-priority", "1")]
    [InlineData("apns-push-type", null)]
    public async Task An_allowed_header_is_accepted(string header, string? value)
    {
        var answer = await new ApnsPush { Headers = { [header] = value } }.SendAsync(fixture);

        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [InlineData(64, 200)]
    [InlineData(65, 400)]
    public async Task A_collapse_id_may_have_64_bytes(int length, int status)
    {
        var answer = await new ApnsPush { Headers = { ["apns-collapse-id"] = new string('c', length) } }.SendAsync(fixture);

        Assert.Equal(status, answer.Status);
    }

    public static TheoryData<string> PushTypes { get; } = new(ApnsPushType.All.Select(type => type.Name));

    [Theory]
    [MemberData(nameof(PushTypes))]
    public async Task Every_push_type_wants_its_own_topic_suffix(string pushType)
    {
        var suffix = ApnsPushType.Find(pushType)!.TopicSuffix;
        var headers = new Dictionary<string, string?> { ["apns-push-type"] = pushType, ["apns-priority"] = "5" };

        var right = await new ApnsPush { Headers = new(headers) { ["apns-topic"] = $"com.example.shop{suffix}" } }.SendAsync(fixture);
        var wrongSuffix = suffix == ".voip" ? "" : ".voip";
        var wrong = await new ApnsPush { Headers = new(headers) { ["apns-topic"] = $"com.example.shop{wrongSuffix}" } }.SendAsync(fixture);

        Assert.Equal((200, 400), (right.Status, wrong.Status));
        Assert.Equal("BadTopic", wrong.Json.GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("5", 200)]
    [InlineData("10", 400)]
    [InlineData(null, 400)]
    public async Task A_background_push_must_have_priority_5(string? priority, int status)
    {
        var answer = await new ApnsPush { Headers = { ["apns-push-type"] = "background", ["apns-priority"] = priority } }.SendAsync(fixture);

        Assert.Equal(status, answer.Status);
    }

    [Theory]
    [InlineData("GET", "/3/device/7f3a0011223344556677", 405, "MethodNotAllowed")]
    [InlineData("POST", "/4/device/7f3a0011223344556677", 404, "BadPath")]
    [InlineData("POST", "/3/device/", 400, "MissingDeviceToken")]
    [InlineData("POST", "/3/device/7f3a", 400, "BadDeviceToken")]
    [InlineData("POST", "/3/device/7f3a001122334455667", 400, "BadDeviceToken")]
    [InlineData("POST", "/3/device/7f3a00112233445566zz", 400, "BadDeviceToken")]
    public async Task Method_path_and_token_are_checked(string method, string path, int status, string reason)
    {
        var answer = await new ApnsPush { Method = new HttpMethod(method), Path = path }.SendAsync(fixture);

        Assert.Equal((status, reason), (answer.Status, answer.Json.GetProperty("reason").GetString()));
    }

    [Theory]
    [InlineData("alert", 4096, 200)]
    [InlineData("alert", 4097, 413)]
    [InlineData("voip", 5120, 200)]
    [InlineData("voip", 5121, 413)]
    [InlineData("alert", 300_000, 413)]
    public async Task The_payload_limit_depends_on_the_push_type(string pushType, int bytes, int status)
    {
        var topic = $"com.example.shop{ApnsPushType.Find(pushType)!.TopicSuffix}";
        var body = $$"""{"x":"{{new string('x', bytes - 8)}}"}""";

        var answer = await new ApnsPush { Body = body, Headers = { ["apns-push-type"] = pushType, ["apns-topic"] = topic } }.SendAsync(fixture);

        Assert.Equal(status, answer.Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("\"aps\"")]
    [InlineData("{\"aps\":}")]
    [InlineData("{} {}")]
    public async Task A_body_without_a_json_object_is_an_empty_payload(string body)
    {
        var answer = await new ApnsPush { Body = body }.SendAsync(fixture);

        Assert.Equal((400, "PayloadEmpty"), (answer.Status, answer.Json.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task A_repeated_header_is_refused()
    {
        // HttpClient folds repeated headers into one, so this one is written by hand.
        await using var connection = await RawHttp2Connection.OpenAsync(fixture);

        var body = await connection.PostAsync(
            $"/3/device/{ApnsPush.GoodToken}", ("apns-topic", "com.example.shop"), ("apns-topic", "com.example.shop"));

        Assert.Equal("""{"reason":"DuplicateHeaders"}""", body);
    }
}
