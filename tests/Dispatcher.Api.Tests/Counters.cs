using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Dispatcher.Api.Tests;

/// <summary>Counters, by the one tag that matters.</summary>
internal sealed class Counters : IMeterFactory
{
    private readonly List<Meter> _meters = [];
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(string Name, string Tag), long> _counts = [];

    public Counters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == this)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            foreach (var tag in tags)
                _counts.AddOrUpdate((instrument.Name, tag.Value?.ToString() ?? ""), value, (_, sum) => sum + value);
        });
        _listener.Start();
    }

    /// <summary>What was counted with this value of any tag.</summary>
    public long Sum(string name, string tag) => _counts.GetValueOrDefault((name, tag));

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }
}
