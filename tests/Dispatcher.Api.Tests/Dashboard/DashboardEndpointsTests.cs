using System.IO.Compression;
using System.Text.Json;

namespace Dispatcher.Api.Tests.Dashboard;

public sealed class DashboardEndpointsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task The_data_need_ops_read()
    {
        Assert.Equal(401, (await _api.SendAsync(HttpMethod.Get, "/dashboard/data")).Status);
        Assert.Equal(403, (await _api.SendAsync(HttpMethod.Get, "/dashboard/data", ApiProcess.Key)).Status);

        var answer = await _api.SendAsync(HttpMethod.Get, "/dashboard/data", ApiProcess.OpsKey);

        Assert.Equal((200, "application/json", "no-store"), (answer.Status, answer.ContentType, answer.Headers["Cache-Control"]));
        var self = Assert.Single(answer.Json.GetProperty("instances").EnumerateArray());
        Assert.Equal("api", self.GetProperty("role").GetString());
    }

    [Fact]
    public async Task The_page_is_open_to_all_and_may_load_nothing_from_elsewhere()
    {
        var page = await _api.SendAsync(HttpMethod.Get, "/dashboard");

        Assert.Equal((200, "text/html"), (page.Status, page.ContentType));
        Assert.StartsWith("default-src 'none'; script-src 'self';", page.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.Equal(("nosniff", "no-referrer"), (page.Headers["X-Content-Type-Options"], page.Headers["Referrer-Policy"]));
    }

    [Theory]
    [InlineData("page.css", "text/css")]
    [InlineData("page.js", "text/javascript")]
    [InlineData("figures.js", "text/javascript")]
    [InlineData("icon.svg", "image/svg+xml")]
    public async Task Its_files_are_served(string file, string contentType)
    {
        var answer = await _api.SendAsync(HttpMethod.Get, $"/dashboard/{file}");

        Assert.Equal((200, contentType), (answer.Status, answer.ContentType));
        Assert.DoesNotContain("innerHTML", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_data_come_packed_where_that_is_asked_for()
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_api.Address, "/dashboard/data"));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {ApiProcess.OpsKey}");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, br");

        using var response = await http.SendAsync(request, CancellationToken.None).WaitAsync(ApiProcess.Patience);

        Assert.Equal("gzip", Assert.Single(response.Content.Headers.ContentEncoding));
        await using var unpacked = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var report = await JsonDocument.ParseAsync(unpacked);
        Assert.Equal(1, report.RootElement.GetProperty("instances").GetArrayLength());
    }
}
