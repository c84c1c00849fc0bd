using Dispatcher.Core.Providers.Connections;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>How APNs is reached.</summary>
public sealed class ApnsOptions
{
    /// <summary>
    /// Where to send instead of Apple's hosts: a proxy or a simulator. For both environments, unless <see cref="SandboxEndpoint"/> is set.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Where to send the pushes of sandbox apps. Default: <see cref="Endpoint"/>, or Apple's sandbox.</summary>
    public Uri? SandboxEndpoint { get; set; }

    /// <summary>Where channels are made and deleted, instead of Apple's hosts. For both environments, as <see cref="Endpoint"/>.</summary>
    public Uri? ChannelsEndpoint { get; set; }

    /// <summary>The same for sandbox apps. Default: <see cref="ChannelsEndpoint"/>, or Apple's sandbox.</summary>
    public Uri? SandboxChannelsEndpoint { get; set; }

    /// <summary>The port at Apple's hosts: 443, or 2197 where a firewall lets nothing else through. Default: 443.</summary>
    public int Port { get; set; } = 443;

    /// <summary>
    /// Whether broadcasts go to <c>api-broadcast(.sandbox).push.apple.com</c>, as Apple's samples print, rather than to the hosts of
    /// device pushes, as Apple's text says and clients do. Default: false.
    /// </summary>
    public bool BroadcastHosts { get; set; }

    /// <summary>What follows the bundle id in the topic of a <c>complication</c> push. Default: <c>.complication</c>; Apple prints <c>h.complication</c>.</summary>
    public string ComplicationSuffix { get; set; } = ".complication";

    /// <summary>
    /// The least wait after a 5xx, 0 to 1 hour. Apple's page asks for 15 minutes, its clients wait seconds. Default: 0, which leaves it to
    /// the waits between attempts.
    /// </summary>
    public TimeSpan ServerErrorDelay { get; set; } = TimeSpan.Zero;

    /// <summary>A PEM file with the only roots to trust for the endpoints. Default: the machine's.</summary>
    public string? TrustedCaPath { get; set; }

    /// <summary>
    /// Connections per key or certificate and endpoint at most, 1 to 64. Default: 4; the next one opens when three quarters of all streams are in use, or when
    /// the bodies of a round trip do not fit into the windows.
    /// </summary>
    public int Connections { get; set; } = 4;

    /// <summary>
    /// Requests in flight on one connection, 1 to 1000. Default: 500, below the 1000 that APNs has announced since 2021; it may lower that
    /// at any time, and .NET then queues the rest.
    /// </summary>
    public int StreamsPerConnection { get; set; } = 500;

    /// <summary>After how long a silence a connection is pinged, 30 seconds to 1 hour. Default: 5 minutes.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The least time between two connections, 0 to 1 minute. Default: 2 seconds; Apple asks for "a few seconds" (developer.apple.com/forums/thread/778909).</summary>
    public TimeSpan OpeningPace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The age at which a connection is replaced, 10 minutes to 7 days. Default: 12 hours; Apple asks to keep them for hours to days.</summary>
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>After how long without a push a connection closes, 1 minute to 1 day. Default: 2 hours: reconnecting often looks like an attack.</summary>
    public TimeSpan ConnectionIdleTimeout { get; set; } = TimeSpan.FromHours(2);

    /// <summary>A proxy to go through, <c>http://user:password@host:port</c>. Default: none; what the environment names is not used.</summary>
    public string? Proxy { get; set; }

    /// <summary>What is wrong, each with the option's name and value; empty when nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        void CheckEndpoint(string option, Uri? endpoint)
        {
            if (endpoint is not null && !EndpointUri.IsValid(endpoint))
                problems.Add($"{option} '{endpoint}' must be an absolute http or https URL without a path.");
        }

        CheckEndpoint(nameof(Endpoint), Endpoint);
        CheckEndpoint(nameof(SandboxEndpoint), SandboxEndpoint);
        CheckEndpoint(nameof(ChannelsEndpoint), ChannelsEndpoint);
        CheckEndpoint(nameof(SandboxChannelsEndpoint), SandboxChannelsEndpoint);
        if (Port is not (443 or 2197))
            problems.Add($"Port is {Port}; it must be 443 or 2197.");
        if (ComplicationSuffix.Length is 0 or > 64 || !ComplicationSuffix.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-'))
            problems.Add($"ComplicationSuffix '{ComplicationSuffix}' must be 1 to 64 letters, digits, dots and hyphens.");
        if (ServerErrorDelay < TimeSpan.Zero || ServerErrorDelay > TimeSpan.FromHours(1))
            problems.Add($"ServerErrorDelay is {ServerErrorDelay}; it must be 00:00:00 to 01:00:00.");
        if (TrustedRoots.Problem(TrustedCaPath) is { } problem)
            problems.Add($"TrustedCaPath '{TrustedCaPath}' cannot be used: {problem}");
        if (Connections is < 1 or > 64)
            problems.Add($"Connections is {Connections}; it must be 1 to 64.");
        if (StreamsPerConnection is < 1 or > 1000)
            problems.Add($"StreamsPerConnection is {StreamsPerConnection}; it must be 1 to 1000.");
        if (KeepAlive < TimeSpan.FromSeconds(30) || KeepAlive > TimeSpan.FromHours(1))
            problems.Add($"KeepAlive is {KeepAlive}; it must be 00:00:30 to 01:00:00.");
        if (OpeningPace < TimeSpan.Zero || OpeningPace > TimeSpan.FromMinutes(1))
            problems.Add($"OpeningPace is {OpeningPace}; it must be 00:00:00 to 00:01:00.");
        if (ConnectionLifetime < TimeSpan.FromMinutes(10) || ConnectionLifetime > TimeSpan.FromDays(7))
            problems.Add($"ConnectionLifetime is {ConnectionLifetime}; it must be 00:10:00 to 7.00:00:00.");
        if (ConnectionIdleTimeout < TimeSpan.FromMinutes(1) || ConnectionIdleTimeout > TimeSpan.FromDays(1))
            problems.Add($"ConnectionIdleTimeout is {ConnectionIdleTimeout}; it must be 00:01:00 to 1.00:00:00.");
        if (HttpProxy.Problem(Proxy) is { } proxyProblem)
            problems.Add($"Proxy {proxyProblem}."); // its value may hold a password
        return problems;
    }

    /// <summary>Where device pushes of an environment go.</summary>
    internal Uri DevicesOf(bool sandbox) => Given(Endpoint, SandboxEndpoint, sandbox) ?? Apple("api", sandbox, Port);

    /// <summary>Where broadcasts of an environment go.</summary>
    internal Uri BroadcastsOf(bool sandbox) =>
        Given(Endpoint, SandboxEndpoint, sandbox) ?? Apple(BroadcastHosts ? "api-broadcast" : "api", sandbox, Port);

    /// <summary>Where the channels of an environment are managed. Source: Apple, "Sending channel management requests to APNs".</summary>
    internal Uri ChannelsOf(bool sandbox) =>
        Given(ChannelsEndpoint, SandboxChannelsEndpoint, sandbox) ?? Apple("api-manage-broadcast", sandbox, sandbox ? 2195 : 2196);

    private static Uri? Given(Uri? both, Uri? ofSandbox, bool sandbox) => (sandbox ? ofSandbox : null) ?? both;

    private static Uri Apple(string host, bool sandbox, int port) => new($"https://{host}{(sandbox ? ".sandbox" : "")}.push.apple.com:{port}");
}
