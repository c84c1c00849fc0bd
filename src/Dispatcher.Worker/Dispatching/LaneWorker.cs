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
    RecordProducer Producer,
    HandOff HandOff,
    AskEnds AskEnds,
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
        Name = lane.Name;
        var topic = parts.Kafka.Topics.Pushes(lane);
        var options = parts.Options;
        var faults = new Faults(lane, parts.DispatchMetrics, parts.Time, parts.Loggers.CreateLogger<Faults>());
        var settler = new Settler(
            lane,
            parts.Kafka,
            parts.HandOff,
            new PendingResults(
                lane, options.MaxInFlight, parts.Producer, parts.HandOff, parts.DispatchMetrics, parts.KafkaMetrics, faults, parts.Time),
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
            faults,
            parts.Retry,
            parts.Time);
        Pump NewPump(PumpSettings settings, IRecordSink sink) =>
            new(settings, sink, options, parts.Time, parts.KafkaMetrics, parts.Loggers.CreateLogger<Pump>());
        var waiting = new DelaySink(parts.DelayTiers.Count, Dispatcher, parts.Time);
        Pumps =
        [
            NewPump(
                new PumpSettings(lane.Name, [topic], DelaysOf: null, parts.Apps, ConsumerSettings.ForLane(parts.Kafka, lane))
                {
                    Tails = ConsumerSettings.ForTails(parts.Kafka, lane),
                    Ends = parts.AskEnds,
                },
                new LaneSink(Dispatcher)),
            NewPump(
                new PumpSettings($"{lane.Name}.delay", parts.DelayTiers, lane, parts.Apps, ConsumerSettings.ForDelays(parts.Kafka, lane)),
                waiting),
        ];
        Watch = new LaneWatch(Dispatcher.Queue, Pumps[0], Pumps[1], waiting, parts.Time);
        parts.LaneMetrics.Watch(lane.Name, Watch.Load, Watch.Pauses);
        foreach (var pump in Pumps)
            parts.KafkaMetrics.WatchCommits(pump.Name, () => pump.Uncommitted);
    }

    /// <summary>The lane's consumer threads: of its own topic, and of the delay tiers.</summary>
    public IReadOnlyList<Pump> Pumps { get; }

    /// <summary>The lane's queue and dispatch loops.</summary>
    public LaneDispatcher Dispatcher { get; }

    /// <summary>The lane's name.</summary>
    public string Name { get; }

    /// <summary>How it stands.</summary>
    public LaneWatch Watch { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pump in Pumps)
            pump.Dispose();
        Dispatcher.Dispose();
    }
}
