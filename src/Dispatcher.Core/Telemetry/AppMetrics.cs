using System.Diagnostics.Metrics;

namespace Dispatcher.Core.Telemetry;

/// <summary>The configured apps.</summary>
public sealed class AppMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Dispatcher.Apps";

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Where the meter comes from.</param>
    /// <param name="inForce">How many apps are in force.</param>
    /// <param name="changes">How often they changed since the start.</param>
    /// <param name="problems">How many things are wrong in their files.</param>
    public AppMetrics(IMeterFactory meters, Func<int> inForce, Func<int> changes, Func<int> problems)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("dispatcher.apps.in_force", inForce, "{app}", "Apps that pushes can be sent to.");
        meter.CreateObservableCounter("dispatcher.apps.changes", changes, "{time}", "How often changed files were put in force.");
        meter.CreateObservableGauge("dispatcher.apps.problems", problems, "{problem}", "What is wrong in changed files and was not put in force.");
    }
}
