using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Dispatcher.Core.Telemetry;

/// <summary>How the lanes of a worker stand.</summary>
public sealed class LaneMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Dispatcher.Lanes";

    private readonly ConcurrentDictionary<string, (Func<LaneLoad> Load, Func<IEnumerable<(string Reason, bool Applies)>> Pauses)> _lanes =
        new(StringComparer.Ordinal);

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Where the meter comes from.</param>
    public LaneMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "dispatcher.lane.oldest_unsettled",
            () => Observe(load => load.OldestUnsettled.TotalSeconds),
            "s",
            "Age of the oldest push of the worker's partitions that is not settled, or by how much one is overdue in a delay tier; 0 when there is none.");
        meter.CreateObservableGauge(
            "dispatcher.lane.lag", () => Observe(load => load.Lag), "{push}", "Records of the worker's partitions from the watermark to the end.");
        meter.CreateObservableGauge(
            "dispatcher.lane.delayed",
            () => Observe(load => load.Delayed),
            "{push}",
            "Pushes that wait in delay tiers, as far as the worker has read ahead: an estimate, low when there are many.");
        meter.CreateObservableGauge(
            "dispatcher.lane.partitions", () => Observe(load => load.Partitions), "{partition}", "Partitions that the worker has.");
        meter.CreateObservableGauge(
            "dispatcher.lane.span",
            () => Observe(load => load.Span),
            "{record}",
            "Largest distance between a partition's watermark and its newest record in the worker; at 16384 the partition is paused.");
        meter.CreateObservableGauge("dispatcher.lane.in_flight", () => Observe(load => load.InFlight), "{push}", "Pushes that are being worked on.");
        meter.CreateObservableGauge("dispatcher.lane.queued", () => Observe(load => load.Queued), "{push}", "Pushes that wait in the lane's queue.");
        meter.CreateObservableGauge("dispatcher.lane.queue_bytes", () => Observe(load => load.QueueBytes), "By", "Bytes that wait there.");
        meter.CreateObservableGauge(
            "dispatcher.lane.paused", ObservePauses, unit: null, "1 while partitions are not fetched from, by reason; 0 for every other reason.");
    }

    /// <summary>Has a lane observed from now on.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="load">How it stands; called from any thread.</param>
    /// <param name="pauses">Every reason for a pause, and whether it applies to any of its partitions.</param>
    public void Watch(string lane, Func<LaneLoad> load, Func<IEnumerable<(string Reason, bool Applies)>> pauses) => _lanes[lane] = (load, pauses);

    private IEnumerable<Measurement<T>> Observe<T>(Func<LaneLoad, T> value)
        where T : struct =>
        _lanes.Select(lane => new Measurement<T>(value(lane.Value.Load()), new KeyValuePair<string, object?>("dispatcher.lane", lane.Key)));

    private IEnumerable<Measurement<int>> ObservePauses() =>
        from lane in _lanes
        from pause in lane.Value.Pauses()
        select new Measurement<int>(pause.Applies ? 1 : 0, new("dispatcher.lane", lane.Key), new KeyValuePair<string, object?>("dispatcher.reason", pause.Reason));
}
