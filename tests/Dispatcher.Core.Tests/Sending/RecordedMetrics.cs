using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Dispatcher.Core.Tests.Sending;

/// <summary>Metrics, and what they have measured.</summary>
internal sealed class RecordedMetrics : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ConcurrentQueue<(string Instrument, double Value, string Tags)> _measured = new();
    private readonly MeterListener _listener = new();

    public RecordedMetrics()
    {
        var factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
        Sending = new SendingMetrics(factory);
        Credentials = new CredentialMetrics(factory);
        Connections = new ConnectionMetrics(factory);
    }

    public SendingMetrics Sending { get; }

    public CredentialMetrics Credentials { get; }

    public ConnectionMetrics Connections { get; }

    /// <summary>Every value of an instrument with the values of its tags, in order: <c>"1 shop NoPermit"</c>.</summary>
    public IEnumerable<string> Of(string instrument) => _measured
        .Where(measured => measured.Instrument == instrument)
        .Select(measured => FormattableString.Invariant($"{measured.Value}{measured.Tags}"));

    /// <summary>Has the gauges read now, and nothing of what they said before.</summary>
    public IEnumerable<string> Observe(string instrument)
    {
        _measured.Clear();
        _listener.RecordObservableInstruments();
        return Of(instrument);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = "";
        foreach (var tag in tags)
            text += $" {tag.Value}";
        _measured.Enqueue((instrument.Name, value, text));
    }
}
