using System.Diagnostics.Metrics;

namespace Dispatcher.Core.Telemetry;

/// <summary>One line that says what a scrape comes from.</summary>
public sealed class BuildMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Dispatcher.Build";

    /// <summary>Creates the instrument.</summary>
    /// <param name="meters">Where the meter comes from.</param>
    /// <param name="role">What the process does: <c>api</c> or <c>worker</c>.</param>
    public BuildMetrics(IMeterFactory meters, string role)
    {
        Measurement<int> line = new(
            1, new("dispatcher.role", role), new("service.version", ServiceIdentity.Version), new("service.instance.id", ServiceIdentity.Instance));
        meters.Create(MeterName).CreateObservableGauge("dispatcher.build.info", () => line, unit: null, "1 for each process, with what it is.");
    }
}
