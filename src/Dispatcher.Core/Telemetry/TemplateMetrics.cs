using System.Diagnostics.Metrics;

namespace Dispatcher.Core.Telemetry;

/// <summary>The templates that requests may name.</summary>
public sealed class TemplateMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Dispatcher.Templates";

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Where the meter comes from.</param>
    /// <param name="inForce">How many templates are in force.</param>
    /// <param name="changes">How often they changed since the start.</param>
    /// <param name="problems">How many things are wrong in their files.</param>
    public TemplateMetrics(IMeterFactory meters, Func<int> inForce, Func<int> changes, Func<int> problems)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("dispatcher.templates.in_force", inForce, "{template}", "Templates that requests can use.");
        meter.CreateObservableCounter("dispatcher.templates.changes", changes, "{time}", "How often changed files were put in force.");
        meter.CreateObservableGauge("dispatcher.templates.problems", problems, "{problem}", "What is wrong in changed files and was not put in force.");
    }
}
