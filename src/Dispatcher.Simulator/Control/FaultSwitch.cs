namespace Dispatcher.Simulator.Control;

/// <summary>Where one provider asks, for each request, whether something goes wrong with it.</summary>
/// <param name="chance">Uniform in [0, 1).</param>
public sealed class FaultSwitch(Func<double> chance)
{
    /// <summary>How many faults can be set at once: each is asked for every request.</summary>
    public const int MaxFaults = 32;

    private readonly Lock _changing = new();
    private volatile Setting[] _settings = [];

    /// <summary>Uniform in [0, 1); a scenario with a seed brings its own.</summary>
    internal Func<double> Chance { get; set; } = chance;

    /// <summary>Every fault with how often it has hit, in the order in which they are asked. One whose count is used up stays listed.</summary>
    public IReadOnlyList<FaultInForce> Current => [.. _settings.Select(setting => new FaultInForce(setting.Struck, setting.Fault))];

    /// <summary>Replaces whatever faults were set before.</summary>
    public void Set(Fault fault) => Replace([new Setting(fault)]);

    /// <summary>Adds a fault, asked after those before it; <see langword="false"/> when there are <see cref="MaxFaults"/>.</summary>
    public bool TryAdd(Fault fault)
    {
        lock (_changing)
        {
            if (_settings.Length >= MaxFaults)
                return false;
            _settings = [.. _settings, new Setting(fault)];
            return true;
        }
    }

    /// <summary>Ends one fault, the very one that was set; what was stalled by it is answered.</summary>
    public void Remove(Fault fault)
    {
        Setting? ended;
        lock (_changing)
        {
            ended = _settings.FirstOrDefault(setting => ReferenceEquals(setting.Fault, fault));
            _settings = [.. _settings.Where(setting => setting != ended)];
        }

        ended?.End();
    }

    /// <summary>Ends every fault; what was stalled is answered.</summary>
    public void Clear() => Replace([]);

    /// <summary>The first fault that hits a request, or <see langword="null"/>.</summary>
    /// <param name="target">The device token or other target.</param>
    /// <param name="app">Its bundle id or project.</param>
    /// <param name="isOnWire">Whether it came by a wire port.</param>
    internal FaultStrike? Take(ReadOnlySpan<char> target, string? app = null, bool isOnWire = false)
    {
        foreach (var setting in _settings)
        {
            var fault = setting.Fault;
            if ((isOnWire || !fault.NeedsWire)
                && (fault.App is null || fault.App == app)
                && target.StartsWith(fault.TokenPrefix, StringComparison.Ordinal)
                && (fault.Probability >= 1 || Chance() < fault.Probability)
                && setting.TryStrike())
                return setting.Strike;
        }

        return null;
    }

    private void Replace(Setting[] settings)
    {
        Setting[] ended;
        lock (_changing)
            (ended, _settings) = (_settings, settings);
        foreach (var setting in ended)
            setting.End();
    }

    private sealed class Setting
    {
        // Those who waited go on elsewhere, not inside the call that took the fault away.
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _struck;

        public Setting(Fault fault) => Strike = new FaultStrike(fault, _ended.Task);

        public FaultStrike Strike { get; }

        public Fault Fault => Strike.Fault;

        public long Struck => Volatile.Read(ref _struck);

        public void End() => _ended.SetResult();

        public bool TryStrike()
        {
            for (var struck = Struck; struck < (Fault.Count ?? long.MaxValue);)
            {
                var found = Interlocked.CompareExchange(ref _struck, struck + 1, struck);
                if (found == struck)
                    return true;
                struck = found;
            }

            return false;
        }
    }
}
