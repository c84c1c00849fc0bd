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
    private Func<IEnumerable<(string Key, TimeSpan? Ago)>> _lastUsed = () => [];

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
            () => from use in _lastUsed()
                  let ago = use.Ago
                  where ago is not null
                  select new Measurement<double>(ago.Value.TotalSeconds, new KeyValuePair<string, object?>("dispatcher.key", use.Key)),
            "s",
            "Time since an API key was last right, by its configured name; nothing for one that was not since the start.");
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
    /// <param name="lastUsed">Each key by its name, and how long ago it was right.</param>
    public void WatchKeys(Func<IEnumerable<(string Key, TimeSpan? Ago)>> lastUsed) => _lastUsed = lastUsed;
}
