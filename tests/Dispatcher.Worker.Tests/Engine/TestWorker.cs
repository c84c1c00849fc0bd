using Dispatcher.Core.Kafka;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Dispatching;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Worker.Tests.Engine;

/// <summary>One lane of a worker, as <see cref="DispatchService"/> wires it, with the test at the provider's end.</summary>
internal sealed class TestWorker : IAsyncDisposable
{
    private readonly RecordProducer _producer;
    private readonly LaneWorker _lane;
    private readonly LoggerFactory _loggers;
    private Task? _stopped;

    private TestWorker(LaneCluster cluster, ScriptedProvider provider, WorkerOptions options, TimeProvider time)
    {
        _loggers = new LoggerFactory([Log]);
        var kafkaMetrics = new KafkaMetrics(Counters);
        var handOffs = ProducerSettings.ForHandOffs(cluster.Options);
        handOffs.RetryBackoffMs = 10;
        _producer = new RecordProducer(handOffs, kafkaMetrics, _loggers.CreateLogger<RecordProducer>());
        var sender = new PushSender(
            provider, new SendingOptions { QuickRetries = 0 }, time, () => 0.5, _loggers.CreateLogger<PushSender>());
        _lane = new LaneWorker(
            LaneCluster.Lane,
            Samples.Apps,
            sender,
            new HandOff(_producer, time, () => 0.5, kafkaMetrics),
            cluster.Options,
            options,
            new DispatchMetrics(Counters),
            kafkaMetrics,
            time,
            "test-worker",
            _loggers);
        _lane.Start();
    }

    public LogLines Log { get; } = new();

    public Counters Counters { get; } = new();

    public bool IsAssigned => _lane.Pump.IsAssigned;

    public int InFlight => _lane.Dispatcher.InFlight;

    /// <summary>Starts a worker; it takes part in the group from some moment on.</summary>
    public static TestWorker Start(LaneCluster cluster, ScriptedProvider provider, WorkerOptions? options = null, TimeProvider? time = null) =>
        new(cluster, provider, options ?? Quick(), time ?? TimeProvider.System);

    /// <summary>Starts a worker and waits until the group has given it its share.</summary>
    public static async Task<TestWorker> StartAssignedAsync(LaneCluster cluster, ScriptedProvider provider, WorkerOptions? options = null)
    {
        var worker = Start(cluster, provider, options);
        await Eventually.IsAsync(() => worker.IsAssigned, "the worker is assigned");
        return worker;
    }

    /// <summary>Options that let a test end soon.</summary>
    public static WorkerOptions Quick() => new()
    {
        MaxInFlight = 64,
        QueuePushes = 256,
        StoreInterval = TimeSpan.FromMilliseconds(20),
        DrainTimeout = TimeSpan.FromSeconds(10),
        RevokeTimeout = TimeSpan.FromSeconds(5),
    };

    public Task StopAsync() => _stopped ??= _lane.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync().WaitAsync(Eventually.Patience);
        _lane.Dispose();
        _producer.Dispose();
        _loggers.Dispose();
        Counters.Dispose();
    }
}
