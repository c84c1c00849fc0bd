using Dispatcher.Core.Providers.Connections;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>How APNs is reached.</summary>
public sealed class ApnsOptions
{
    /// <summary>
    /// Where to send. Default: by app, <c>https://api.push.apple.com</c> or <c>https://api.sandbox.push.apple.com</c>. Set it for a proxy,
    /// for port 2197, or for a simulator.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>A PEM file with the only roots to trust for the endpoint. Default: the machine's.</summary>
    public string? TrustedCaPath { get; set; }

    /// <summary>Connections per key and endpoint, 1 to 64. Default: 2.</summary>
    public int Connections { get; set; } = 2;

    /// <summary>
    /// Requests in flight on one connection, 1 to 1000. Default: 500, below the 1000 that APNs has announced since 2021; it may lower that
    /// at any time, and .NET then queues the rest.
    /// </summary>
    public int StreamsPerConnection { get; set; } = 500;

    /// <summary>After how long a silence a connection is pinged, 30 seconds to 1 hour. Default: 5 minutes.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>What is wrong, each with the option's name and value; empty when nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (Endpoint is { } endpoint && !EndpointUri.IsValid(endpoint))
            problems.Add($"Endpoint '{endpoint}' must be an absolute http or https URL without a path.");
        if (TrustedRoots.Problem(TrustedCaPath) is { } problem)
            problems.Add($"TrustedCaPath '{TrustedCaPath}' cannot be used: {problem}");
        if (Connections is < 1 or > 64)
            problems.Add($"Connections is {Connections}; it must be 1 to 64.");
        if (StreamsPerConnection is < 1 or > 1000)
            problems.Add($"StreamsPerConnection is {StreamsPerConnection}; it must be 1 to 1000.");
        if (KeepAlive < TimeSpan.FromSeconds(30) || KeepAlive > TimeSpan.FromHours(1))
            problems.Add($"KeepAlive is {KeepAlive}; it must be 00:00:30 to 01:00:00.");
        return problems;
    }
}
