namespace Dispatcher.Api.Tests.Access;

public sealed class AccessTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    public async Task Without_a_right_key_nothing_is_said_but_that(string? key)
    {
        var answer = await _api.PushAsync("{ not even json", key);

        Assert.Equal((401, "unauthorized", "application/problem+json"), (answer.Status, answer.Problem, answer.ContentType));
        Assert.Equal("Bearer", answer.Headers["WWW-Authenticate"]);
        Assert.Equal(0, _api.Kafka.Count());
    }

    [Fact]
    public async Task A_key_does_not_reach_another_tenant_s_apps()
    {
        var answer = await _api.PushAsync("""{"to":{"app":"shop-android","token":"f:A"},"data":{"k":"v"}}""", ApiProcess.RivalKey);

        Assert.Equal([("#/to/app", "is not an app of yours")], answer.Errors);
    }

    [Theory]
    [InlineData("GET", "/push", 405)]
    [InlineData("PUT", "/push", 405)]
    [InlineData("GET", "/", 404)]
    [InlineData("POST", "/push/nothing", 404)]
    public async Task What_is_not_there_is_a_problem_too(string method, string path, int status)
    {
        var answer = await _api.SendAsync(new HttpMethod(method), path);

        Assert.Equal((status, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Equal(status, answer.Json.GetProperty("status").GetInt32());
    }
}
