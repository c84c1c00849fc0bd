using System.Net;
using System.Net.Sockets;
using Dispatcher.Api.Dashboard;
using Dispatcher.Testing;

namespace Dispatcher.Api.Tests.Dashboard;

public sealed class InstanceDirectoryTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_name_means_every_address_that_it_has()
    {
        var found = await Find(_ => ["10.0.0.2", "10.0.0.1"]).FindAsync();

        Assert.Equal([("http://10.0.0.1:8081", "worker:8081"), ("http://10.0.0.2:8081", "worker:8081")], found.Select(one => (one.Text, one.Host)));
    }

    [Fact]
    public async Task An_instance_with_addresses_of_both_kinds_is_one()
    {
        Assert.Equal("http://10.0.0.1:8081", Assert.Single(await Find(_ => ["fd00::1", "10.0.0.1"]).FindAsync()).Text);
        Assert.Equal("http://[fd00::1]:8081", Assert.Single(await Find(_ => ["fd00::1"]).FindAsync()).Text);
    }

    [Fact]
    public async Task A_name_without_addresses_is_missing_and_not_forgotten()
    {
        Assert.Equal("the name has no address", Assert.Single(await Find(_ => []).FindAsync()).Problem);
        var unknown = Assert.Single(await Find(_ => throw new SocketException((int)SocketError.HostNotFound)).FindAsync());
        Assert.Equal(("http://worker:8081", "the name is not known"), (unknown.Text, unknown.Problem));
    }

    [Fact]
    public async Task Dns_that_hangs_is_given_up()
    {
        var asked = new TaskCompletionSource();
        var directory = new InstanceDirectory(
            new DashboardOptions { Instances = ["http://worker:8081"] },
            async (_, stop) =>
            {
                asked.SetResult();
                return await new TaskCompletionSource<IPAddress[]>().Task.WaitAsync(stop);
            },
            _time);

        var finding = directory.FindAsync();
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("DNS does not answer within 1 s", Assert.Single(await finding).Problem);
    }

    [Fact]
    public async Task Addresses_need_no_dns()
    {
        var directory = new InstanceDirectory(
            new DashboardOptions { Instances = ["http://10.0.0.1:8081", "http://10.0.0.1:8081/"], Replicas = ["http://[::1]:8080"] },
            (_, _) => throw new InvalidOperationException(),
            _time);

        var found = await directory.FindAsync();

        Assert.Equal([("http://10.0.0.1:8081", false), ("http://[::1]:8080", true)], found.Select(one => (one.Text, one.IsReplica)));
    }

    private InstanceDirectory Find(Func<string, string[]> addresses) => new(
        new DashboardOptions { Instances = ["http://worker:8081"] },
        (name, _) => Task.FromResult(addresses(name).Select(IPAddress.Parse).ToArray()),
        _time);
}
