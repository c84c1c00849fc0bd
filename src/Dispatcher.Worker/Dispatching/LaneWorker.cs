using Dispatcher.Core.Apps;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>One lane, wired: pump, queue, dispatch loops.</summary>
internal sealed class LaneWorker : IDisposable
{
    private readonly LaneQueue _queue;

    public LaneWorker(
        Lane lane,
        AppCatalog apps,
        PushSender sender,
        HandOff handOff,
        KafkaOptions kafka,
        WorkerOptions options,
        DispatchMetrics dispatchMetrics,
        KafkaMetrics kafkaMetrics,
        TimeProvider time,
        string worker,
        ILoggerFactory loggers)
    {
        _queue = new LaneQueue(options.QueuePushes, options.QueueBytes);
        Pump = new LanePump(lane, kafka, _queue, options, time, kafkaMetrics, loggers.CreateLogger<LanePump>());
        var settler = new Settler(lane, kafka, handOff, dispatchMetrics, time, worker, loggers.CreateLogger<Settler>());
        Dispatcher = new LaneDispatcher(
            lane, apps, sender, settler, _queue, options, dispatchMetrics, loggers.CreateLogger<LaneDispatcher>());
    }

    /// <summary>The lane's consumer thread.</summary>
    public LanePump Pump { get; }

    /// <summary>The lane's dispatch loops.</summary>
    public LaneDispatcher Dispatcher { get; }

    /// <summary>Starts the loops, then the pump.</summary>
    public void Start()
    {
        Dispatcher.Start();
        Pump.Start();
    }

    /// <summary>Drains and leaves the group, then gives up what the drain timeout left.</summary>
    public async Task StopAsync()
    {
        await Pump.StopAsync();
        await Dispatcher.StopAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Pump.Dispose();
        Dispatcher.Dispose();
        _queue.Dispose();
    }
}
