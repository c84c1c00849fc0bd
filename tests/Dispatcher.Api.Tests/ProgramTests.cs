using System.Net;
using System.Net.Sockets;

namespace Dispatcher.Api.Tests;

public sealed class ProgramTests
{
    [Fact]
    public async Task It_serves_tells_how_it_is_and_exits_0_on_sigterm()
    {
        await using var api = await ApiProcess.StartAsync();

        Assert.Equal(200, (await api.SendAsync(HttpMethod.Get, "/health/live")).Status);
        Assert.Equal(200, (await api.SendAsync(HttpMethod.Get, "/health/ready")).Status);
        var usage = (await api.SendAsync(HttpMethod.Get, "/health/process")).Json;
        Assert.All(
            ["cpuMilliseconds", "allocatedBytes", "peakWorkingSetBytes"],
            name => Assert.True(usage.GetProperty(name).GetDouble() > 0));

        Assert.Equal(0, await api.TerminateAsync());
    }

    [Theory]
    [InlineData("Kafka:BootstrapServers", "", "Kafka:BootstrapServers is missing")]
    [InlineData("Kafka:TopicPrefix", "a b", "Kafka:TopicPrefix 'a b'")]
    [InlineData("Kafka:TopicPrefix", "other", "has no topic other.apns.urgent")]
    [InlineData("Kafka:Properties:acks", "1", "Kafka:Properties:acks cannot be set")]
    [InlineData("Kafka:Properties:security.protocol", "pigeon", "security.protocol")]
    [InlineData("Kafka:Properties:no.such.property", "1", "no.such.property")]
    [InlineData("Kafka:Brokers", "x", "Brokers")]
    [InlineData("Access:Keys:acme:Sha256", "abc", "Access:Keys:acme:Sha256 must be the 64 hex digits")]
    [InlineData("AppsFolder", "/nowhere", "AppsFolder '/nowhere' does not exist")]
    [InlineData("Apps:shop-ios:KeyPath", "/nowhere.p8", "App 'shop-ios': KeyPath '/nowhere.p8' does not exist")]
    [InlineData("Apps:shop-ios:Provider", "hms", "App 'shop-ios': Provider 'hms' must be apns or fcm")]
    [InlineData("Apps:shop-ios:Colour", "red", "Colour")]
    public async Task Configuration_that_is_wrong_is_a_clear_line_and_an_exit_code(string name, string value, string said)
    {
        var (exitCode, error) = await ApiProcess.FailAsync((name, value));

        Assert.Equal(1, exitCode);
        var line = Assert.Single(error);
        Assert.StartsWith("dispatcher api: ", line, StringComparison.Ordinal);
        Assert.Contains(said, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_already_taken_is_a_clear_line_and_an_exit_code()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();

        var (exitCode, error) = await ApiProcess.FailAsync(("Urls", $"http://{holder.LocalEndpoint}"));

        Assert.Equal(1, exitCode);
        Assert.Contains($"{holder.LocalEndpoint}", Assert.Single(error), StringComparison.Ordinal);
    }
}
