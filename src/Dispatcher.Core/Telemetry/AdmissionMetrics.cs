using System.Diagnostics.Metrics;

namespace Dispatcher.Core.Telemetry;

/// <summary>What the API takes and what it turns away because it is too much.</summary>
public sealed class AdmissionMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Dispatcher.Admission";

    private readonly Counter<long> _accepted;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _looksFailed;
    private Func<IEnumerable<(string Lane, long Pushes, long PartitionBytes)>> _backlogs = () => [];

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Where the meter comes from.</param>
    public AdmissionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _accepted = meter.CreateCounter<long>("dispatcher.pushes.accepted", "{push}", "Pushes that were answered with 202, by lane, app and tenant.");
        _refused = meter.CreateCounter<long>("dispatcher.admission.refused", "{request}", "Requests and lines of batches that were too much, by tenant and cause.");
        _looksFailed = meter.CreateCounter<long>("dispatcher.admission.looks.failed", "{look}", "Times that a lane's backlog could not be learnt, by lane.");
        meter.CreateObservableGauge(
            "dispatcher.admission.backlog",
            () => _backlogs().Select(lane => new Measurement<long>(lane.Pushes, new KeyValuePair<string, object?>("dispatcher.lane", lane.Lane))),
            "{push}",
            "Pushes of a lane that no worker has settled, as the API knows; only where a bound is configured.");
        meter.CreateObservableGauge(
            "dispatcher.admission.backlog.partition_bytes",
            () => _backlogs().Select(lane => new Measurement<long>(lane.PartitionBytes, new KeyValuePair<string, object?>("dispatcher.lane", lane.Lane))),
            "By",
            "The same in the lane's fullest partition, in bytes.");
    }

    /// <summary>A push was accepted.</summary>
    /// <param name="lane">Its lane.</param>
    /// <param name="app">Its app.</param>
    /// <param name="tenant">Whose.</param>
    public void Accepted(string lane, string app, string tenant) => _accepted.Add(
        1,
        new KeyValuePair<string, object?>("dispatcher.lane", lane),
        new KeyValuePair<string, object?>("dispatcher.app", app),
        new KeyValuePair<string, object?>("dispatcher.tenant", tenant));

    /// <summary>A request, or a line of a batch, was too much.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="cause">What there was too much of; one of a few words.</param>
    public void Refused(string tenant, string cause) => _refused.Add(
        1, new KeyValuePair<string, object?>("dispatcher.tenant", tenant), new KeyValuePair<string, object?>("dispatcher.cause", cause));

    /// <summary>How far a lane's workers are could not be learnt.</summary>
    /// <param name="lane">The lane.</param>
    public void LookFailed(string lane) => _looksFailed.Add(1, new KeyValuePair<string, object?>("dispatcher.lane", lane));

    /// <summary>Has the backlogs observed from now on.</summary>
    /// <param name="backlogs">Each lane's.</param>
    public void WatchBacklogs(Func<IEnumerable<(string Lane, long Pushes, long PartitionBytes)>> backlogs) => _backlogs = backlogs;
}
