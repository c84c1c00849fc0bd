using Dispatcher.Testing;

namespace Dispatcher.Api.Tests.Metrics;

public sealed class MetricsEndpointTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Without_ops_read_it_is_closed()
    {
        Assert.Equal(401, (await fixture.Api.SendAsync(HttpMethod.Get, "/metrics", key: null)).Status);
        Assert.Equal(403, (await fixture.Api.SendAsync(HttpMethod.Get, "/metrics", ApiProcess.Key)).Status);
    }

    [Fact]
    public async Task It_shows_what_was_accepted()
    {
        Assert.Equal(202, (await fixture.Api.PushAsync("""{"to":{"app":"shop-ios","token":"0011223344556677889900112233445566778899001122334455667788990011"},"notification":{"title":"Hi"}}""")).Status);

        var page = await fixture.Api.SendAsync(HttpMethod.Get, "/metrics", ApiProcess.OpsKey);

        Assert.Equal((200, "text/plain"), (page.Status, page.ContentType));
        var metrics = new PrometheusPage(page.Body);
        Assert.True(metrics.Sum("dispatcher_pushes_accepted_total", "dispatcher_lane=\"apns.urgent\"", "dispatcher_app=\"shop-ios\"", "dispatcher_tenant=\"") >= 1);
        Assert.True(
            metrics.Sum("http_server_request_duration_seconds_count", "http_route=\"/push\"", "http_response_status_code=\"202\"") >= 1,
            string.Join('\n', metrics.Series.Keys.Where(series => series.StartsWith("http_server", StringComparison.Ordinal))));
        Assert.Equal(1, metrics.Sum("dispatcher_build_info", "dispatcher_role=\"api\""));
    }

    [Fact]
    public async Task It_can_be_opened_to_all()
    {
        await using var api = await ApiProcess.StartAsync(("Access:PublicMetrics", "true"));

        Assert.Equal(200, (await api.SendAsync(HttpMethod.Get, "/metrics")).Status);
    }
}
