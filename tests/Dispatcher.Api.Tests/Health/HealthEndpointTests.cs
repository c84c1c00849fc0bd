namespace Dispatcher.Api.Tests.Health;

public sealed class HealthEndpointTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Without_ops_read_only_the_probes_are_open()
    {
        Assert.Equal(401, (await fixture.Api.SendAsync(HttpMethod.Get, "/health")).Status);
        Assert.Equal(403, (await fixture.Api.SendAsync(HttpMethod.Get, "/health", ApiProcess.Key)).Status);
        Assert.Equal(200, (await fixture.Api.SendAsync(HttpMethod.Get, "/health/live")).Status);
        Assert.Equal(200, (await fixture.Api.SendAsync(HttpMethod.Get, "/health/ready")).Status);
    }

    [Fact]
    public async Task It_names_Kafka_and_every_app()
    {
        var health = await fixture.Api.SendAsync(HttpMethod.Get, "/health", ApiProcess.OpsKey);

        Assert.Equal((200, "application/health+json", "pass"), (health.Status, health.ContentType, health.Json.GetProperty("status").GetString()));
        Assert.StartsWith("dispatcher-api/", health.Json.GetProperty("serviceId").GetString(), StringComparison.Ordinal);
        var checks = health.Json.GetProperty("checks");
        Assert.Equal("pass", checks.GetProperty("kafka:connectivity")[0].GetProperty("status").GetString());
        Assert.Equal(
            ["rival-ios", "shop-android", "shop-ios"],
            checks.GetProperty("app:credential").EnumerateArray().Select(check => check.GetProperty("componentId").GetString()));
    }
}
