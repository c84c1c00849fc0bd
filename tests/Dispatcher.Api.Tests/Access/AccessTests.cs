namespace Dispatcher.Api.Tests.Access;

public sealed class AccessTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Theory]
    [InlineData(null, "Bearer realm=\"dispatcher\"")]
    [InlineData("", "Bearer realm=\"dispatcher\"")]
    [InlineData("wrong", "Bearer realm=\"dispatcher\", error=\"invalid_token\"")]
    public async Task Without_a_right_key_nothing_is_said_but_that(string? key, string challenge)
    {
        var answer = await _api.PushAsync("{ not even json", key);

        Assert.Equal((401, "unauthorized", "application/problem+json"), (answer.Status, answer.Problem, answer.ContentType));
        Assert.Equal(challenge, answer.Headers["WWW-Authenticate"]);
        Assert.Equal(0, _api.Kafka.Count());
    }

    [Fact]
    public async Task A_key_does_not_reach_another_tenant_s_apps()
    {
        var answer = await _api.PushAsync("""{"to":{"app":"shop-android","token":"f:A"},"data":{"k":"v"}}""", ApiProcess.RivalKey);

        Assert.Equal([("#/to/app", "is not an app of yours")], answer.Errors);
    }

    [Theory]
    [InlineData(ApiProcess.BulkKey, "urgent", "push:send")]
    [InlineData(ApiProcess.SendKey, "bulk", "push:bulk")]
    public async Task A_push_needs_the_scope_of_its_class(string key, string pushClass, string scope)
    {
        var (mine, other) = ($$"""{"to":{"app":"shop-android","token":"f:A"},"data":{"k":"v"},"class":"{{pushClass}}"}""", pushClass == "bulk" ? "urgent" : "bulk");

        var answer = await _api.PushAsync(mine, key);

        Assert.Equal((403, "forbidden"), (answer.Status, answer.Problem));
        Assert.Equal($"The scope '{scope}' is needed.", answer.Json.GetProperty("detail").GetString());
        Assert.Equal($"Bearer realm=\"dispatcher\", error=\"insufficient_scope\", scope=\"{scope}\"", answer.Headers["WWW-Authenticate"]);
        Assert.Equal(202, (await _api.PushAsync(mine.Replace(pushClass, other, StringComparison.Ordinal), key)).Status);
    }

    [Theory]
    [InlineData("GET", "/apps/shop-ios/channels", "'push:manage'")]
    [InlineData("POST", "/apps/shop-android/topics/t/subscribe", "'push:manage'")]
    public async Task A_route_is_closed_to_a_key_without_its_scope(string method, string path, string scopes)
    {
        var answer = await _api.SendAsync(new HttpMethod(method), path, ApiProcess.SendKey);

        Assert.Equal((403, "forbidden", $"The scope {scopes} is needed."), (answer.Status, answer.Problem, answer.Json.GetProperty("detail").GetString()));
    }

    [Theory]
    [InlineData("GET", "/push", 405)]
    [InlineData("PUT", "/push", 405)]
    [InlineData("GET", "/", 404)]
    [InlineData("POST", "/pushes", 404)]
    public async Task What_is_not_there_is_a_problem_too(string method, string path, int status)
    {
        var answer = await _api.SendAsync(new HttpMethod(method), path);

        Assert.Equal((status, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Equal(status, answer.Json.GetProperty("status").GetInt32());
    }
}
