using System.Net;
using System.Net.Sockets;

namespace Dispatcher.Api.Dashboard;

/// <summary>Finds the instances: every address that the configured names have now.</summary>
/// <param name="options">The names.</param>
/// <param name="resolveAsync">Asks DNS.</param>
/// <param name="time">The clock.</param>
internal sealed class InstanceDirectory(
    DashboardOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolveAsync, TimeProvider time)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    /// <summary>Where all of them should be, in the order of the configuration; a name that leads nowhere is one with a problem.</summary>
    public async Task<IReadOnlyList<InstanceAddress>> FindAsync()
    {
        var found = await Task.WhenAll(
            options.Instances.Select(url => FindAsync(new Uri(url), isReplica: false))
                .Concat(options.Replicas.Select(url => FindAsync(new Uri(url), isReplica: true))));
        return [.. found.SelectMany(addresses => addresses).DistinctBy(address => (address.Url, address.Host))];
    }

    private async Task<IEnumerable<InstanceAddress>> FindAsync(Uri url, bool isReplica)
    {
        if (url.HostNameType != UriHostNameType.Dns)
            return [new(url, url.Authority, isReplica)];
        try
        {
            using var deadline = new CancellationTokenSource(Deadline, time);
            var addresses = await resolveAsync(url.IdnHost, deadline.Token);
            if (addresses.Length == 0)
                return [new(url, url.Authority, isReplica, "the name has no address")];

            // With both kinds, each instance usually has one of each, and would be there twice.
            var known = addresses.Where(address => address.AddressFamily == AddressFamily.InterNetwork).ToArray();
            return (known.Length > 0 ? known : addresses)
                .OrderBy(address => address.ToString(), StringComparer.Ordinal)
                .Select(address => new InstanceAddress(new UriBuilder(url) { Host = address.ToString() }.Uri, url.Authority, isReplica));
        }
        catch (SocketException)
        {
            return [new(url, url.Authority, isReplica, "the name is not known")];
        }
        catch (OperationCanceledException)
        {
            return [new(url, url.Authority, isReplica, "DNS does not answer within 1 s")];
        }
    }
}
