using System.Collections.Concurrent;

namespace Dispatcher.Api.Limits;

/// <summary>
/// What each tenant may still ask of this process; replicas do not know of each other. Bounded: a tenant beyond the first
/// <see cref="MaxTenants"/>, which only tokens could name, shares one allowance with all others like it.
/// </summary>
/// <param name="defaults">For a tenant that has no options of its own.</param>
/// <param name="tenants">The others' by name, checked.</param>
/// <param name="time">The clock.</param>
internal sealed class TenantLimits(TenantOptions defaults, IReadOnlyDictionary<string, TenantOptions> tenants, TimeProvider time)
{
    public const int MaxTenants = 10_000;

    private readonly ConcurrentDictionary<string, TenantAllowance> _allowances = new(
        tenants.Select(tenant => KeyValuePair.Create(tenant.Key, new TenantAllowance(tenant.Value, time))), StringComparer.Ordinal);

    private readonly TenantAllowance _others = new(defaults, time);
    private int _known = tenants.Count;

    /// <summary>A tenant's allowance.</summary>
    /// <param name="tenant">Its name.</param>
    public TenantAllowance For(string tenant)
    {
        if (_allowances.TryGetValue(tenant, out var allowance))
            return allowance;
        if (Volatile.Read(ref _known) >= MaxTenants)
            return _others;
        allowance = new TenantAllowance(defaults, time);
        if (!_allowances.TryAdd(tenant, allowance))
            return _allowances[tenant];
        Interlocked.Increment(ref _known);
        return allowance;
    }
}
