using System.Net;
using System.Net.Sockets;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Up;

/// <summary>TCP ports of this machine.</summary>
internal static class Ports
{
    /// <summary>Makes sure that a port can be had, before anything is started for it.</summary>
    /// <param name="port">The port; 0 finds a free one.</param>
    /// <returns>The port.</returns>
    public static int Require(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException e)
        {
            throw new CommandFailedException(e.SocketErrorCode == SocketError.AccessDenied
                ? $"port {port} may not be used by this user: choose another with --port."
                : $"port {port} is already taken: choose another with --port.");
        }
    }
}
