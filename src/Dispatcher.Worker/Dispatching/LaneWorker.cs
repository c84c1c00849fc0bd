using Dispatcher.Core.Apps;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>What every lane of a worker is made with.</summary>
internal sealed record LaneParts(
    AppCatalog Apps,
    KafkaOptions Kafka,
    WorkerOptions Options,
    HandOff HandOff,
    RetryDecision Retry,
    Cancellations Cancellations,
    DispatchMetrics DispatchMetrics,
    LaneMetrics LaneMetrics,
    KafkaMetrics KafkaMetrics,
    TimeProvider Time,
    Func<double> Chance,
    string Worker,
    IReadOnlyList<string> DelayTiers,
    ILoggerFactory Loggers);

/// <summary>One lane, wired: its pump, its pump of the delay tiers, queue, dispatch loops. It shares nothing with another lane that could fill up.</summary>
internal sealed class LaneWorker : IDisposable
{
    public LaneWorker(Lane lane, PushSender sender, AppGates gates, LaneParts parts)
    {
        var topic = parts.Kafka.Topics.Pushes(lane);
        var options = parts.Options;
        var settler = new Settler(
            lane,
            parts.Kafka,
            parts.HandOff,
            parts.Retry,
            gates,
            parts.DispatchMetrics,
            parts.Time,
            parts.Chance,
            parts.Worker,
            parts.Loggers.CreateLogger<Settler>());
        Dispatcher = new LaneDispatcher(
            new LaneQueue(options.QueuePushes, options.QueueBytes, options.MaxInFlight, sender.Allowance),
            new LaneReader(lane, topic, parts.Apps),
            sender,
            settler,
            parts.Cancellations,
            new Faults(lane, parts.DispatchMetrics, parts.Time, parts.Loggers.CreateLogger<Faults>()),
            parts.Retry,
            parts.Time);
        Pump NewPump(PumpSettings settings, IRecordSink sink) =>
            new(settings, sink, options, parts.Time, parts.KafkaMetrics, parts.Loggers.CreateLogger<Pump>());
        Pumps =
        [
            NewPump(
                new PumpSettings(lane.Name, [topic], DelaysOf: null, parts.Apps, ConsumerSettings.ForLane(parts.Kafka, lane))
                {
                    Tails = ConsumerSettings.ForTails(parts.Kafka, lane),
                },
                new LaneSink(Dispatcher)),
            NewPump(
                new PumpSettings($"{lane.Name}.delay", parts.DelayTiers, lane, parts.Apps, ConsumerSettings.ForDelays(parts.Kafka, lane)),
                new DelaySink(parts.DelayTiers.Count, Dispatcher, parts.Time)),
        ];
        parts.LaneMetrics.Watch(lane.Name, Load, Pauses);
    }

    /// <summary>The lane's consumer threads: of its own topic, and of the delay tiers.</summary>
    public IReadOnlyList<Pump> Pumps { get; }

    /// <summary>The lane's queue and dispatch loops.</summary>
    public LaneDispatcher Dispatcher { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pump in Pumps)
            pump.Dispose();
        Dispatcher.Dispose();
    }

    private LaneLoad Load() => new()
    {
        InFlight = Dispatcher.Queue.InFlight,
        Queued = Dispatcher.Queue.Count,
        QueueBytes = Dispatcher.Queue.Bytes,
    };

    private static IEnumerable<(string Reason, bool Applies)> Pauses() =>
        [("window", false), ("full", false), ("drain", false), ("unreadable", false), ("tail", false)];
}
