using Dispatcher.Core.Configuration;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Limits;

/// <summary>How much a tenant may ask for: the section <c>TenantDefaults</c> for all, <c>Tenants:{name}</c> for one.</summary>
[Live]
internal sealed record TenantOptions
{
    /// <summary>Pushes a second in the long run, 1 to 1,000,000; no limit by default.</summary>
    public double? PushesPerSecond { get; set; }

    /// <summary>Pushes at once after a pause, <see cref="MaxTargets"/> to 10,000,000. Default: those of one second, but a full request at least.</summary>
    public int? Burst { get; set; }

    /// <summary>Bytes of one request, unpacked, 1,024 to 1,048,576. Default: 1,048,576.</summary>
    public int MaxRequestBytes { get; set; } = PushLimits.MaxRequestBytes;

    /// <summary>Targets of one request, 1 to 1,000. Default: 1,000.</summary>
    public int MaxTargets { get; set; } = PushLimits.MaxTargets;

    /// <summary>Requests in flight at each replica, 1 to 100,000; a batch counts as one. Default: 2,000.</summary>
    public int MaxConcurrentRequests { get; set; } = 2000;

    /// <summary>The same once more, to be changed.</summary>
    public TenantOptions Copy() => this with { };

    /// <summary>What the bucket holds.</summary>
    public double Capacity => Burst ?? Math.Max(PushesPerSecond ?? 0, MaxTargets);

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    /// <param name="section">Where they stand.</param>
    public IEnumerable<string> Validate(string section)
    {
        if (PushesPerSecond is < 1 or > 1_000_000 or double.NaN)
            yield return $"{section}:PushesPerSecond {PushesPerSecond} must be 1 to 1,000,000.";
        if (MaxRequestBytes is < 1024 or > PushLimits.MaxRequestBytes)
            yield return $"{section}:MaxRequestBytes {MaxRequestBytes} must be 1,024 to {PushLimits.MaxRequestBytes:N0}.";
        if (MaxTargets is < 1 or > PushLimits.MaxTargets)
            yield return $"{section}:MaxTargets {MaxTargets} must be 1 to {PushLimits.MaxTargets:N0}.";
        if (Burst is > 10_000_000 || Burst < MaxTargets)
            yield return $"{section}:Burst {Burst} must be MaxTargets ({MaxTargets}) to 10,000,000: a request is taken whole, so a full one must fit.";
        if (MaxConcurrentRequests is < 1 or > 100_000)
            yield return $"{section}:MaxConcurrentRequests {MaxConcurrentRequests} must be 1 to 100,000.";
    }
}
