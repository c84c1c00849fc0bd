using System.Collections.Concurrent;

namespace Dispatcher.Api.Limits;

/// <summary>
/// What each tenant may still ask of this process; replicas do not know of each other. Bounded: a tenant beyond the first
/// <see cref="MaxTenants"/>, which only tokens could name, shares one allowance with all others like it.
/// </summary>
internal sealed class TenantLimits
{
    public const int MaxTenants = 10_000;

    private readonly ConcurrentDictionary<string, TenantAllowance> _allowances = new(StringComparer.Ordinal);
    private readonly TenantAllowance _others;
    private readonly TimeProvider _time;
    private volatile InForce _options;
    private int _known;

    /// <param name="defaults">For a tenant that has no options of its own.</param>
    /// <param name="tenants">The others' by name, checked.</param>
    /// <param name="time">The clock.</param>
    public TenantLimits(TenantOptions defaults, IReadOnlyDictionary<string, TenantOptions> tenants, TimeProvider time)
    {
        _time = time;
        _options = new(defaults, tenants);
        _others = new TenantAllowance(defaults, time);
        foreach (var tenant in tenants.Keys)
            Add(tenant);
    }

    /// <summary>A tenant's allowance.</summary>
    /// <param name="tenant">Its name.</param>
    public TenantAllowance For(string tenant)
    {
        if (_allowances.TryGetValue(tenant, out var allowance))
            return allowance;
        return Volatile.Read(ref _known) >= MaxTenants ? _others : Add(tenant);
    }

    /// <summary>Takes other options: of each tenant, what is under way and what is left of its rate stay. Not for concurrent use.</summary>
    /// <param name="defaults">For a tenant that has no options of its own.</param>
    /// <param name="tenants">The others' by name, checked.</param>
    public void Adopt(TenantOptions defaults, IReadOnlyDictionary<string, TenantOptions> tenants)
    {
        _options = new(defaults, tenants);
        _others.Adopt(defaults);
        foreach (var (tenant, allowance) in _allowances)
            allowance.Adopt(_options.Of(tenant));
        foreach (var tenant in tenants.Keys.Where(tenant => !_allowances.ContainsKey(tenant)))
            Add(tenant);
    }

    private TenantAllowance Add(string tenant)
    {
        var options = _options;
        var mine = new TenantAllowance(options.Of(tenant), _time);
        var allowance = _allowances.GetOrAdd(tenant, mine);
        if (allowance != mine)
            return allowance;
        Interlocked.Increment(ref _known);
        if (options != _options)
            mine.Adopt(_options.Of(tenant)); // they changed meanwhile, and whoever changed them may not have seen this one
        return mine;
    }

    private sealed class InForce(TenantOptions defaults, IReadOnlyDictionary<string, TenantOptions> tenants)
    {
        public TenantOptions Of(string tenant) => tenants.GetValueOrDefault(tenant, defaults);
    }
}
