namespace Dispatcher.Simulator.Control;

/// <summary>Where one provider asks, for each request, whether its answer is to be replaced.</summary>
/// <param name="chance">Uniform in [0, 1).</param>
public sealed class FaultSwitch(Func<double> chance)
{
    private volatile Setting? _setting;

    /// <summary>The fault in force, without regard to how often it has hit.</summary>
    public Fault? Current => _setting?.Fault;

    /// <summary>Replaces whatever fault was set before.</summary>
    public void Set(Fault fault) => _setting = new Setting(fault);

    /// <summary>Ends the fault.</summary>
    public void Clear() => _setting = null;

    /// <summary>The fault that hits a request for this target, or <see langword="null"/>.</summary>
    internal Fault? Take(ReadOnlySpan<char> target)
    {
        if (_setting is not { } setting)
            return null;

        var fault = setting.Fault;
        if (!target.StartsWith(fault.TokenPrefix, StringComparison.Ordinal) || (fault.Probability < 1 && chance() >= fault.Probability))
            return null;
        if (setting.TryHit())
            return fault;

        // Only this setting has run out; one that was set meanwhile stays.
        Interlocked.CompareExchange(ref _setting, null, setting);
        return null;
    }

    private sealed class Setting(Fault fault)
    {
        private int _left = fault.Count ?? 0;

        public Fault Fault => fault;

        public bool TryHit() => fault.Count is null || Interlocked.Decrement(ref _left) >= 0;
    }
}
