using System.Diagnostics.Metrics;

namespace Dispatcher.Core.Telemetry;

/// <summary>Meters of a program that ends before anybody could read them, such as a command.</summary>
public sealed class UnwatchedMeters : IMeterFactory
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
    public void Dispose() => _meters.ForEach(meter => meter.Dispose());
}
