using System.Net;
using System.Net.Security;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>What a provider asks of its connections to one endpoint.</summary>
internal sealed record ConnectionSettings
{
    /// <summary>Whose endpoint it is.</summary>
    public required Provider Provider { get; init; }

    /// <summary>Scheme, host and port.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Host and port as a request names them.</summary>
    public string Authority => field ??= AuthorityOf(Endpoint);

    /// <summary>Connections at most; one more while one is replaced.</summary>
    public required int Connections { get; init; }

    /// <summary>Streams per connection at most, whatever the peer allows.</summary>
    public required int Streams { get; init; }

    /// <summary>Whether a new connection takes one stream only until it has answered.</summary>
    public bool AnswersOneFirst { get; init; }

    /// <summary>The least time between the openings of two connections.</summary>
    public TimeSpan OpeningPace { get; init; } = TimeSpan.Zero;

    /// <summary>After how long without a stream a connection closes.</summary>
    public required TimeSpan IdleTimeout { get; init; }

    /// <summary>The age at which a connection is replaced, at the latest; up to a tenth earlier, so that not all are replaced at once.</summary>
    public TimeSpan Lifetime { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>After how long a silence the peer is pinged.</summary>
    public TimeSpan PingDelay { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>For how long a connection may answer nothing of what is on it.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(10); // FCM's own deadline: firebase.google.com/docs/cloud-messaging/scale-fcm

    /// <summary>Whether a 200 has a body worth reading.</summary>
    public bool SuccessHasBody { get; init; }

    /// <summary>How much of an answer's body is read; the rest is cut.</summary>
    public int MaxBodyBytes { get; init; } = HttpAnswer.MaxBodyBytes;

    /// <summary>The proxy to go through, if any.</summary>
    public HttpProxy? Proxy { get; init; }

    /// <summary>The certificate that TLS shows, if any.</summary>
    public SslStreamCertificateContext? Certificate { get; init; }

    /// <summary>Whom TLS trusts.</summary>
    public TrustedRoots Roots { get; init; } = TrustedRoots.OfTheMachine;

    /// <summary>Asks DNS.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    private static string AuthorityOf(Uri endpoint)
    {
        var host = endpoint.HostNameType == UriHostNameType.IPv6 ? $"[{endpoint.IdnHost}]" : endpoint.IdnHost;
        return endpoint.IsDefaultPort ? host : $"{host}:{endpoint.Port}";
    }
}
