using System.Diagnostics.Metrics;

namespace Dispatcher.Core.Telemetry;

/// <summary>Configuration that changes while a process runs.</summary>
public sealed class ConfigurationMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Dispatcher.Configuration";

    private readonly Counter<long> _reloads;
    private int _restartNeeded;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Where the meter comes from.</param>
    public ConfigurationMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _reloads = meter.CreateCounter<long>("dispatcher.configuration.reloads", "{time}", "How often a changed configuration was read, by what came of it.");
        meter.CreateObservableGauge(
            "dispatcher.configuration.restart_needed",
            () => Volatile.Read(ref _restartNeeded),
            "{option}",
            "Options whose configured value is not the one in force, because it needs a restart.");
    }

    /// <summary>A changed configuration was put in force.</summary>
    /// <param name="restartNeeded">How many of its options need a restart.</param>
    public void InForce(int restartNeeded)
    {
        Volatile.Write(ref _restartNeeded, restartNeeded);
        _reloads.Add(1, new KeyValuePair<string, object?>("dispatcher.result", "in_force"));
    }

    /// <summary>A changed configuration is wrong; the one before stays.</summary>
    public void Refused() => _reloads.Add(1, new KeyValuePair<string, object?>("dispatcher.result", "refused"));
}
