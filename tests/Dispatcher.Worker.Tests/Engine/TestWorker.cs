using Dispatcher.Core.Apps;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Dispatching;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Worker.Tests.Engine;

/// <summary>A whole worker within this process, with the test at the providers' end.</summary>
internal sealed class TestWorker : IAsyncDisposable
{
    private readonly LoggerFactory _loggers;
    private readonly RecordProducer _producer;
    private readonly DispatchService _service;
    private Task? _stopped;

    private TestWorker(
        LaneCluster cluster,
        AppCatalog apps,
        IPushProvider provider,
        WorkerOptions options,
        RetryOptions retry,
        LimitOptions limits,
        SendingOptions sending,
        IEnumerable<string> formerTiers,
        TimeProvider time)
    {
        _loggers = new LoggerFactory([Log]);
        var kafkaMetrics = new KafkaMetrics(Counters);
        _producer = new RecordProducer(ProducerSettings.ForHandOffs(cluster.Options), kafkaMetrics, _loggers.CreateLogger<RecordProducer>());
        _service = new DispatchService(
            new Dictionary<Provider, IPushProvider> { [Provider.Apns] = provider, [Provider.Fcm] = provider },
            apps,
            _producer,
            cluster.Options,
            formerTiers,
            options,
            sending,
            retry,
            Enum.GetValues<Provider>().ToDictionary(lane => lane, lane => new AppGates(
                lane, apps.Apps, limits, new SendingMetrics(Counters), time, _loggers.CreateLogger<AppGates>())),
            new DispatchMetrics(Counters),
            new LaneMetrics(Counters),
            kafkaMetrics,
            new SendingMetrics(Counters),
            new SchedulingMetrics(Counters),
            time,
            () => 0.5,
            _loggers);
    }

    public LogLines Log { get; } = new();

    public Counters Counters { get; } = new();

    public bool IsAssigned => _service.IsAssigned;

    public bool HasCaughtUp => _service.KnowsCancelled;

    public int InFlight => _service.InFlight;

    public TimeSpan SinceLastRound => _service.SinceLastRound;

    /// <summary>Starts a worker; it takes part in the groups from some moment on.</summary>
    public static async Task<TestWorker> StartAsync(
        LaneCluster cluster,
        IPushProvider provider,
        WorkerOptions? options = null,
        TimeProvider? time = null,
        RetryOptions? retry = null,
        LimitOptions? limits = null,
        IEnumerable<string>? formerTiers = null,
        SendingOptions? sending = null,
        AppCatalog? apps = null)
    {
        var worker = new TestWorker(
            cluster,
            apps ?? Samples.Apps,
            provider,
            options ?? Quick(),
            retry ?? new RetryOptions { UnknownAppGrace = TimeSpan.Zero },
            limits ?? new LimitOptions(),
            sending ?? new SendingOptions { QuickRetries = 0 },
            formerTiers ?? [],
            time ?? TimeProvider.System);
        await worker._service.StartAsync(CancellationToken.None);
        return worker;
    }

    /// <summary>Starts a worker and waits until every group has given it its share.</summary>
    public static async Task<TestWorker> StartAssignedAsync(
        LaneCluster cluster, IPushProvider provider, WorkerOptions? options = null, AppCatalog? apps = null)
    {
        var worker = await StartAsync(cluster, provider, options, apps: apps);
        await Eventually.IsAsync(() => worker.IsAssigned, () => $"the worker is assigned: {string.Join('\n', worker.Log.All)}");
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

    public Task StopAsync() => _stopped ??= _service.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await StopAsync().WaitAsync(Eventually.Patience);
        _service.Dispose();
        _producer.Dispose();
        _loggers.Dispose();
        Counters.Dispose();
    }
}
