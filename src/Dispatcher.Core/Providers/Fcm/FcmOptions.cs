using Dispatcher.Core.Providers.Connections;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>How FCM is reached.</summary>
public sealed class FcmOptions
{
    /// <summary>Where to send. Default: <c>https://fcm.googleapis.com</c>. Set it for a proxy or a simulator.</summary>
    public Uri Endpoint { get; set; } = new("https://fcm.googleapis.com");

    /// <summary>Where subscriptions to topics are managed. Default: <c>https://iid.googleapis.com</c>. Set it as <see cref="Endpoint"/>.</summary>
    public Uri TopicEndpoint { get; set; } = new("https://iid.googleapis.com");

    /// <summary>
    /// A PEM file with the only roots to trust, for the endpoints and for the token endpoint that the credentials name. Default: the
    /// machine's.
    /// </summary>
    public string? TrustedCaPath { get; set; }

    /// <summary>Connections per credentials at most, 1 to 64. Default: 8; with 90 streams each that is 7,200 pushes/s at 100 ms, near a project's quota.</summary>
    public int Connections { get; set; } = 8;

    /// <summary>Requests in flight on one connection, 1 to 100. Default: 90; FCM ends a connection that exceeds 100.</summary>
    public int StreamsPerConnection { get; set; } = 90;

    /// <summary>The least time between two connections, 0 to 1 minute. Default: 1 second, so that all are there before a project's ramp is over.</summary>
    public TimeSpan OpeningPace { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The age at which a connection is replaced, 1 to 55 minutes. Default: 50 minutes; FCM ends any after an hour.</summary>
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromMinutes(50);

    /// <summary>After how long without a push a connection closes, 10 seconds to 3:30 minutes. Default: 3 minutes; FCM ends idle ones after about 4.</summary>
    public TimeSpan ConnectionIdleTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>A proxy to go through, <c>http://user:password@host:port</c>. Default: none; what the environment names is not used.</summary>
    public string? Proxy { get; set; }

    /// <summary>What is wrong, each with the option's name and value; empty when nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (!EndpointUri.IsValid(Endpoint))
            problems.Add($"Endpoint '{Endpoint}' must be an absolute http or https URL without a path.");
        if (!EndpointUri.IsValid(TopicEndpoint))
            problems.Add($"TopicEndpoint '{TopicEndpoint}' must be an absolute http or https URL without a path.");
        if (TrustedRoots.Problem(TrustedCaPath) is { } problem)
            problems.Add($"TrustedCaPath '{TrustedCaPath}' cannot be used: {problem}");
        if (Connections is < 1 or > 64)
            problems.Add($"Connections is {Connections}; it must be 1 to 64.");
        if (StreamsPerConnection is < 1 or > 100)
            problems.Add($"StreamsPerConnection is {StreamsPerConnection}; it must be 1 to 100.");
        if (OpeningPace < TimeSpan.Zero || OpeningPace > TimeSpan.FromMinutes(1))
            problems.Add($"OpeningPace is {OpeningPace}; it must be 00:00:00 to 00:01:00.");
        if (ConnectionLifetime < TimeSpan.FromMinutes(1) || ConnectionLifetime > TimeSpan.FromMinutes(55))
            problems.Add($"ConnectionLifetime is {ConnectionLifetime}; it must be 00:01:00 to 00:55:00.");
        if (ConnectionIdleTimeout < TimeSpan.FromSeconds(10) || ConnectionIdleTimeout > TimeSpan.FromSeconds(210))
            problems.Add($"ConnectionIdleTimeout is {ConnectionIdleTimeout}; it must be 00:00:10 to 00:03:30.");
        if (HttpProxy.Problem(Proxy) is { } proxyProblem)
            problems.Add($"Proxy {proxyProblem}."); // its value may hold a password
        return problems;
    }
}
