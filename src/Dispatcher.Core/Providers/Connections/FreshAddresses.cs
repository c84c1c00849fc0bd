using System.Net;
using System.Net.Sockets;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>
/// Dials a host with a new DNS query each time, and starts at another of its addresses each time: Apple asks for both
/// (developer.apple.com/forums/thread/778909). One instance per pool.
/// </summary>
internal sealed class FreshAddresses
{
    private uint _dials;

    /// <summary>Resolves, connects and hands over the socket.</summary>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint endpoint, CancellationToken cancellationToken)
    {
        var addresses = Order(await Dns.GetHostAddressesAsync(endpoint.Host, cancellationToken), Interlocked.Increment(ref _dials) - 1);
        SocketException? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, endpoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>The family that the resolver prefers first, each family turned by one more with every dial.</summary>
    internal static IEnumerable<IPAddress> Order(IReadOnlyList<IPAddress> resolved, uint dial)
    {
        foreach (var family in resolved.GroupBy(address => address.AddressFamily))
        {
            var sorted = family.OrderBy(address => address.ToString(), StringComparer.Ordinal).ToArray();
            for (uint i = 0; i < sorted.Length; i++)
                yield return sorted[(dial + i) % sorted.Length];
        }
    }
}
