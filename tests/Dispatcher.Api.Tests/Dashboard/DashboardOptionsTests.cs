using Dispatcher.Api.Dashboard;

namespace Dispatcher.Api.Tests.Dashboard;

public sealed class DashboardOptionsTests
{
    [Theory]
    [InlineData("http://worker:8081")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("http://[::1]:8081")]
    public void Origins_are_right(string url) => Assert.Empty(new DashboardOptions { Instances = [url], Replicas = [url] }.Validate());

    [Theory]
    [InlineData("")]
    [InlineData("worker:8081")]
    [InlineData("http://worker:8081/metrics")]
    [InlineData("http://worker:8081?x=1")]
    [InlineData("http://user:secret@worker:8081")]
    [InlineData("ftp://worker")]
    public void Anything_else_is_named(string url) => Assert.Equal(
        $"Dashboard:Instances '{url}' must be http:// or https://, a host and a port, such as http://worker:8081.",
        Assert.Single(new DashboardOptions { Instances = [url] }.Validate()));

    [Fact]
    public void There_are_at_most_sixty_four()
    {
        string[] some = [.. Enumerable.Range(1, 64).Select(i => $"http://worker-{i}:8081")];

        Assert.Empty(new DashboardOptions { Replicas = some }.Validate());
        Assert.StartsWith(
            "Dashboard:Replicas has 65 URLs, more than 64",
            Assert.Single(new DashboardOptions { Replicas = [.. some, "http://one-more"] }.Validate()),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_api_does_not_start_with_a_wrong_one()
    {
        var (exitCode, error) = await ApiProcess.FailAsync(("Dashboard:Instances:0", "worker"));

        Assert.Equal(1, exitCode);
        Assert.Contains("Dashboard:Instances 'worker' must be", Assert.Single(error), StringComparison.Ordinal);
    }
}
