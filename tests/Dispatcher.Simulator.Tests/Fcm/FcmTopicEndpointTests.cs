using System.Text;
using Dispatcher.Simulator.Fcm;
using Dispatcher.Simulator.Tests.Wire;

namespace Dispatcher.Simulator.Tests.Fcm;

/// <summary>Topics, by both of Google's APIs, and the limits on rates.</summary>
public sealed class FcmTopicEndpointTests : IAsyncLifetime
{
    private const string One = $"/v1/projects/demo-shop/registrations/{FcmPush.GoodToken}/topicSubscriptions";

    private readonly SimulatorFixture _fixture = new() { Apps = 2 };

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_subscription_is_created_once_listed_and_deleted()
    {
        var created = await AskAsync(HttpMethod.Post, $"{One}?topic_name=news", "{}");
        var again = await AskAsync(HttpMethod.Post, $"{One}?topic_name=news", "{}");
        var patched = await AskAsync(HttpMethod.Patch, $"{One}/news?allowMissing=true", "{}");
        var listed = await AskAsync(HttpMethod.Get, One);
        var deleted = await AskAsync(HttpMethod.Delete, $"{One}/news");
        var gone = await AskAsync(HttpMethod.Delete, $"{One}/news");

        Assert.Equal((200, "news"), (created.Status, created.Json.GetProperty("topic_name").GetString()));
        Assert.Equal((409, "ALREADY_EXISTS"), (again.Status, again.Json.GetProperty("error").GetProperty("status").GetString()));
        Assert.Equal((200, 200, 404), (patched.Status, deleted.Status, gone.Status));
        Assert.Equal("news", listed.Json.GetProperty("topicSubscriptions")[0].GetProperty("topic_name").GetString());
    }

    [Theory]
    [InlineData("POST", "?topic_name=bad%20topic", 400)]
    [InlineData("PATCH", "/news", 404)]
    [InlineData("PUT", "/news", 404)]
    public async Task A_subscription_is_refused(string method, string rest, int status) =>
        Assert.Equal(status, (await AskAsync(new HttpMethod(method), One + rest, "{}")).Status);

    [Fact]
    public async Task A_batch_is_answered_one_by_one_in_order()
    {
        var body = $$"""{"to":"/topics/news","registration_tokens":["{{FcmPush.GoodToken}}","fail-404-UNREGISTERED:a","not a token","fail-429-QUOTA_EXCEEDED:b"]}""";

        var added = await AskAsync(HttpMethod.Post, "/iid/v1:batchAdd", body);
        var info = await AskAsync(HttpMethod.Get, $"/iid/info/{FcmPush.GoodToken}?details=true");
        var removed = await AskAsync(HttpMethod.Post, "/iid/v1:batchRemove", body);

        Assert.Equal(
            [null, "NOT_FOUND", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"],
            added.Json.GetProperty("results").EnumerateArray().Select(result => result.TryGetProperty("error", out var error) ? error.GetString() : null));
        Assert.True(info.Json.GetProperty("rel").GetProperty("topics").TryGetProperty("news", out _));
        Assert.Equal(200, removed.Status);
        Assert.Empty(_fixture.Providers.FcmTopics.Of("demo-shop", FcmPush.GoodToken));
    }

    [Theory]
    [InlineData("{}", "MissingRegistrationTokens")]
    [InlineData("no json", "MissingRegistrationTokens")]
    [InlineData("""{"to":"news","registration_tokens":["a"]}""", "InvalidTopicName")]
    public async Task A_batch_that_cannot_be_read_is_refused_as_a_whole(string body, string error)
    {
        var answer = await AskAsync(HttpMethod.Post, "/iid/v1:batchAdd", body);

        Assert.Equal((400, error), (answer.Status, answer.Json.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task A_batch_has_at_most_1000_registrations_and_a_registration_2000_topics()
    {
        var many = string.Join(',', Enumerable.Repeat("\"a\"", 1001));
        for (var topic = 0; topic < FcmTopics.MaxTopics; topic++)
            _fixture.Providers.FcmTopics.Subscribe("demo-shop", FcmPush.GoodToken, $"t{topic}", _fixture.Time.GetUtcNow());

        var tooMany = await AskAsync(HttpMethod.Post, "/iid/v1:batchAdd", $$"""{"to":"/topics/news","registration_tokens":[{{many}}]}""");
        var full = await AskAsync(HttpMethod.Post, "/iid/v1:batchAdd", $$"""{"to":"/topics/news","registration_tokens":["{{FcmPush.GoodToken}}"]}""");

        Assert.Equal("TooManyRegistrationTokens", tooMany.Json.GetProperty("error").GetString());
        Assert.Equal("TOO_MANY_TOPICS", full.Json.GetProperty("results")[0].GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_batch_needs_its_header_and_a_credential()
    {
        Assert.Equal(401, (await AskAsync(HttpMethod.Post, "/iid/v1:batchAdd", "{}", marker: null)).Status);
        Assert.Equal(401, (await AskAsync(HttpMethod.Post, "/iid/v1:batchAdd", "{}", authorization: "Bearer stranger")).Status);
    }

    [Fact]
    public async Task A_credential_opens_its_own_project_only()
    {
        var second = _fixture.Providers.AccessTokens.Issue("demo-shop-2");

        var own = await new FcmPush { Path = "/v1/projects/demo-shop-2/messages:send", Authorization = $"Bearer {second}" }.SendAsync(_fixture);
        var byNumber = await new FcmPush { Path = "/v1/projects/100000000002/messages:send", Authorization = $"Bearer {second}" }.SendAsync(_fixture);
        var foreign = await new FcmPush { Authorization = $"Bearer {second}" }.SendAsync(_fixture);

        Assert.Equal((200, 200, 403), (own.Status, byNumber.Status, foreign.Status));
        Assert.StartsWith("projects/demo-shop-2/", own.Json.GetProperty("name").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quotas_count_by_project_and_by_device_from_their_first_message_on()
    {
        await _fixture.ControlAsync(HttpMethod.Put, "/quotas", """{"projectPerMinute":3,"devicePerMinute":2}""");

        var first = await SendAsync("a");
        _fixture.Time.Advance(TimeSpan.FromSeconds(59));
        int[] statuses = [await SendAsync("a"), await SendAsync("a"), await SendAsync("b")];
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((200, 200), (first, await SendAsync("a")));
        Assert.Equal([200, 429, 429], statuses);
        var answer = await _fixture.ControlAsync(HttpMethod.Put, "/quotas", """{"devicePerHour":-1}""");
        Assert.Equal(400, answer.Status);
    }

    private async Task<int> SendAsync(string token) => (await new FcmPush { Body = FcmPush.To(token) }.SendAsync(_fixture)).Status;

    private Task<Answer> AskAsync(HttpMethod method, string path, string? body = null, string? marker = "true", string? authorization = null)
    {
        var request = new HttpRequestMessage(method, _fixture.Manifest.Fcm + path);
        request.Headers.TryAddWithoutValidation("authorization", authorization ?? $"Bearer {_fixture.Providers.AccessTokens.Issue()}");
        if (marker is not null)
            request.Headers.TryAddWithoutValidation("access_token_auth", marker);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return _fixture.SendAsync(request);
    }
}
