using System.Diagnostics.Metrics;

namespace Dispatcher.Core.Telemetry;

/// <summary>Meters that nobody reads, for tools that use parts which measure themselves.</summary>
public sealed class UnobservedMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];

    /// <inheritdoc/>
    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var meter in _meters)
            meter.Dispose();
    }
}
