using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Core.Tests.Providers.Connections;

/// <summary>Connection metrics and what they were told.</summary>
internal sealed class RecordedConnections : IMeterFactory
{
    private readonly List<Meter> _meters = [];
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, double Value, string? Reason)> _events = [];

    public RecordedConnections()
    {
        Metrics = new ConnectionMetrics(this);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (_meters.Contains(instrument.Meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    public ConnectionMetrics Metrics { get; }

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    /// <summary>The reasons that came with an event, in order.</summary>
    public IReadOnlyList<string?> Reasons(string name) => [.. Of(name).Select(happened => happened.Reason)];

    public double Sum(string name) => Of(name).Sum(happened => happened.Value);

    /// <summary>What a gauge shows now.</summary>
    public double Gauge(string name)
    {
        _events.Clear();
        _listener.RecordObservableInstruments();
        return Sum(name);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }

    private IEnumerable<(string Name, double Value, string? Reason)> Of(string name) =>
        _events.Where(happened => happened.Name == $"dispatcher.connections.{name}");

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Assert.Equal("dispatcher.provider", tags[0].Key);
        Assert.Equal("server.address", tags[1].Key);
        _events.Enqueue((instrument.Name, value, tags.Length > 2 ? tags[2].Value as string : null));
    }
}
