using System.Net;

namespace Dispatcher.Simulator;

/// <summary>Where a server listens and what it is called: only here, unless others have a name for it.</summary>
internal static class ListenAddress
{
    /// <summary>The address to bind.</summary>
    /// <param name="host">The name that others have for this machine, if they are to reach it.</param>
    public static IPAddress Of(string? host) => host is null ? IPAddress.Loopback : IPAddress.Any;

    /// <summary>The address to tell others.</summary>
    /// <param name="bound">What was bound.</param>
    /// <param name="host">The name that others have.</param>
    public static Uri Named(Uri bound, string? host) => host is null ? bound : new UriBuilder(bound) { Host = host }.Uri;
}
