using System.Diagnostics.Metrics;

namespace Dispatcher.Core.Telemetry;

/// <summary>Who is let into the API and who is not.</summary>
public sealed class AccessMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Dispatcher.Access";

    private readonly Counter<long> _refused;
    private readonly Counter<long> _reloads;
    private readonly Counter<long> _keySets;
    private Func<IEnumerable<(string Key, TimeSpan? Idle, TimeSpan? Left)>> _keys = () => [];

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Where the meter comes from.</param>
    public AccessMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _refused = meter.CreateCounter<long>("dispatcher.access.refused", "{request}", "Requests turned away for what the caller is, by cause.");
        _reloads = meter.CreateCounter<long>("dispatcher.access.reloads", "{time}", "How often changed access was put in force; what is refused, dispatcher.configuration.reloads counts.");
        _keySets = meter.CreateCounter<long>("dispatcher.access.key_sets", "{fetch}", "Fetches of the keys that tokens are signed with, by what came of it.");
        meter.CreateObservableGauge(
            "dispatcher.access.key.idle",
            () => Observe(key => key.Idle),
            "s",
            "Time since an API key was last right, by its configured name; nothing for one that was not since the start.");
        meter.CreateObservableGauge(
            "dispatcher.access.key.life_left",
            () => Observe(key => key.Left),
            "s",
            "Time until an API key ends, by its configured name; below 0 for one that has ended, nothing for one that never does.");
    }

    /// <summary>A request was turned away.</summary>
    /// <param name="cause">Why; one of a few words.</param>
    public void Refused(string cause) => _refused.Add(1, new KeyValuePair<string, object?>("dispatcher.cause", cause));

    /// <summary>Changed access was put in force.</summary>
    public void Reloaded() => _reloads.Add(1, new KeyValuePair<string, object?>("dispatcher.result", "in_force"));

    /// <summary>The keys that tokens are signed with were fetched.</summary>
    /// <param name="isGood">Whether there are some; if not, the old ones stay.</param>
    public void KeySetFetched(bool isGood) => _keySets.Add(1, new KeyValuePair<string, object?>("dispatcher.result", isGood ? "good" : "failed"));

    /// <summary>Has the use of API keys observed from now on.</summary>
    /// <param name="keys">Each key by its name, how long ago it was right, and the time until it ends.</param>
    public void WatchKeys(Func<IEnumerable<(string Key, TimeSpan? Idle, TimeSpan? Left)>> keys) => _keys = keys;

    private IEnumerable<Measurement<double>> Observe(Func<(string Key, TimeSpan? Idle, TimeSpan? Left), TimeSpan?> value) =>
        from key in _keys()
        let seconds = value(key)?.TotalSeconds
        where seconds is not null
        select new Measurement<double>(seconds.Value, new KeyValuePair<string, object?>("dispatcher.key", key.Key));
}
