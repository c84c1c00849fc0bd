using Dispatcher.Core.Pushes;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Dispatcher.Api.Http;

/// <summary>What a connection may ask of the server before anybody knows who it is: the section <c>Server</c>.</summary>
internal sealed class ServerOptions
{
    /// <summary>What a client that sends or reads slower than the minimum is granted first.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Connections at once, 1 to 1,000,000; a further one is closed at once. Default: 10,000.</summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>How long the head of a request may take, 1 s to 2 min. Default: 10 s.</summary>
    public TimeSpan HeadTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may be idle, 1 s to 1 h. Default: 130 s, above the 2 minutes after which load balancers close theirs.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>How fast a body must arrive and an answer be read, in bytes a second, 1 to 1,000,000. Default: 240, as Kestrel's own.</summary>
    public double MinBytesPerSecond { get; set; } = 240;

    /// <summary>How long it serves on after a signal to end, not ready any more, until load balancers have noticed, 0 to 2 min. Default: 5 s.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long requests may take after that until they are cut off, 1 s to 5 min. Default: 15 s, above what Kafka has for an acknowledgement.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        if (MaxConnections is < 1 or > 1_000_000)
            yield return $"Server:MaxConnections {MaxConnections} must be 1 to 1000000.";
        if (HeadTimeout < TimeSpan.FromSeconds(1) || HeadTimeout > TimeSpan.FromMinutes(2))
            yield return $"Server:HeadTimeout {HeadTimeout} must be 1 s to 2 min.";
        if (IdleTimeout < TimeSpan.FromSeconds(1) || IdleTimeout > TimeSpan.FromHours(1))
            yield return $"Server:IdleTimeout {IdleTimeout} must be 1 s to 1 h.";
        if (StopGrace < TimeSpan.Zero || StopGrace > TimeSpan.FromMinutes(2))
            yield return $"Server:StopGrace {StopGrace} must be 0 to 2 min.";
        if (StopTimeout < TimeSpan.FromSeconds(1) || StopTimeout > TimeSpan.FromMinutes(5))
            yield return $"Server:StopTimeout {StopTimeout} must be 1 s to 5 min.";
        if (MinBytesPerSecond is not (>= 1 and <= 1_000_000))
            yield return $"Server:MinBytesPerSecond {MinBytesPerSecond} must be 1 to 1000000.";
    }

    /// <summary>Sets the limits.</summary>
    /// <param name="kestrel">The server.</param>
    public void Apply(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = MaxConnections;
        limits.RequestHeadersTimeout = HeadTimeout;
        limits.KeepAliveTimeout = IdleTimeout;
        limits.MinRequestBodyDataRate = new MinDataRate(MinBytesPerSecond, Grace);
        limits.MinResponseDataRate = new MinDataRate(MinBytesPerSecond, Grace);
        limits.MaxRequestBodySize = PushLimits.MaxRequestBytes;
        // A key or a token of an identity provider, a trace, an idempotency key: nobody needs more.
        limits.MaxRequestLineSize = 4 * 1024;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 64;
    }
}
