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
    DispatchMetrics DispatchMetrics,
    KafkaMetrics KafkaMetrics,
    TimeProvider Time,
    Func<double> Chance,
    string Worker,
    ILoggerFactory Loggers);

/// <summary>One lane, wired: pump, queue, dispatch loops.</summary>
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
            new Faults(lane, parts.DispatchMetrics, parts.Time, parts.Loggers.CreateLogger<Faults>()),
            parts.Time);
        Pump = new Pump(
            new PumpSettings(lane.Name, [topic], AreDelays: false, parts.Apps, ConsumerSettings.ForLane(parts.Kafka, lane)),
            new LaneSink(Dispatcher),
            options,
            parts.Time,
            parts.KafkaMetrics,
            parts.Loggers.CreateLogger<Pump>());
    }

    /// <summary>The lane's consumer thread.</summary>
    public Pump Pump { get; }

    /// <summary>The lane's queue and dispatch loops.</summary>
    public LaneDispatcher Dispatcher { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Pump.Dispose();
        Dispatcher.Dispose();
    }
}
