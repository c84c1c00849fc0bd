using System.Diagnostics.Metrics;

namespace Dispatcher.Core.Telemetry;

/// <summary>Pushes that are for later, and what is cancelled of them.</summary>
public sealed class SchedulingMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Dispatcher.Scheduling";

    private readonly Meter _meter;
    private readonly Counter<long> _asked;
    private readonly Counter<long> _unconfirmed;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Where the meter comes from.</param>
    public SchedulingMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _asked = _meter.CreateCounter<long>("dispatcher.schedule.cancel_requests", "{request}", "Requests to cancel, by answer.");
        _unconfirmed = _meter.CreateCounter<long>(
            "dispatcher.schedule.unconfirmed", "{push}", "Scheduled pushes that were sent although nobody knew whether they were cancelled: Kafka did not say in time.");
    }

    /// <summary>Shows what is known. Called once for each process.</summary>
    /// <param name="known">Ids that are kept.</param>
    /// <param name="evicted">Ids that had to go because there were too many.</param>
    /// <param name="lag">Records that are not read yet.</param>
    public void Watch(Func<int> known, Func<long> evicted, Func<long> lag)
    {
        _meter.CreateObservableGauge("dispatcher.schedule.known", known, "{push}", "Scheduled (API) or cancelled (worker) pushes that are kept in memory.");
        _meter.CreateObservableCounter("dispatcher.schedule.evicted", evicted, "{push}", "Those that had to go because there were too many.");
        _meter.CreateObservableGauge("dispatcher.schedule.lag", lag, "{record}", "Records about them that are in Kafka and not read yet.");
    }

    /// <summary>Somebody asked to cancel.</summary>
    /// <param name="answer">What was answered, in a word.</param>
    public void CancelAsked(string answer) => _asked.Add(1, new KeyValuePair<string, object?>("dispatcher.answer", answer));

    /// <summary>A scheduled push goes on its way without an answer.</summary>
    public void SentUnconfirmed() => _unconfirmed.Add(1);
}
