using System.Diagnostics.Metrics;

namespace Dispatcher.Worker.Tests.Engine;

/// <summary>What a worker's gauges say when they are asked, and what its histograms were told.</summary>
internal sealed class Gauges : IDisposable
{
    private readonly Lock _lock = new();
    private readonly MeterListener _listener = new();
    private readonly List<(string Name, double Value, string Tags)> _recorded = [];
    private Dictionary<(string Name, string Tags), double> _observed = [];

    public Gauges(Counters of)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == of)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>A gauge now; <see langword="null"/> when it says nothing.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tags">The values of its tags, in order, with blanks between.</param>
    public double? this[string name, string tags]
    {
        get
        {
            lock (_lock)
            {
                _observed = [];
                _listener.RecordObservableInstruments();
                return _observed.TryGetValue((name, tags), out var value) ? value : null;
            }
        }
    }

    /// <summary>What a histogram or counter was told, with those tags.</summary>
    public IReadOnlyList<double> Recorded(string name, string tags)
    {
        lock (_recorded)
            return [.. _recorded.Where(line => line.Name == name && line.Tags == tags).Select(line => line.Value)];
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = "";
        foreach (var tag in tags)
            text += text.Length == 0 ? $"{tag.Value}" : $" {tag.Value}";
        if (instrument.IsObservable)
        {
            _observed[(instrument.Name, text)] = value;
            return;
        }

        lock (_recorded)
            _recorded.Add((instrument.Name, value, text));
    }
}
