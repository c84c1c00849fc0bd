using Dispatcher.Core.Apps;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>The four lanes of a worker, from start to drain. Lanes of one provider share its sender, and with it the endpoint's breaker.</summary>
internal sealed partial class DispatchService : IHostedService, IDisposable
{
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EndsTimeout = TimeSpan.FromSeconds(5);

    private readonly RecordProducer _producer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RetryDecision _retry;
    private readonly IReadOnlyDictionary<Provider, AppGates> _gates;
    private readonly Dictionary<Provider, PushSender> _senders;
    private readonly List<LaneWorker> _lanes;
    private readonly List<Pump> _pumps;
    private readonly Cancellations _cancellations;
    private readonly long _startedAt;

    public DispatchService(
        IReadOnlyDictionary<Provider, IPushProvider> providers,
        AppCatalog apps,
        RecordProducer producer,
        KafkaOptions kafka,
        IEnumerable<string> formerTiers,
        WorkerOptions options,
        SendingOptions sending,
        RetryOptions retry,
        IReadOnlyDictionary<Provider, AppGates> gates,
        DispatchMetrics dispatchMetrics,
        LaneMetrics laneMetrics,
        KafkaMetrics kafkaMetrics,
        SendingMetrics sendingMetrics,
        SchedulingMetrics schedulingMetrics,
        TimeProvider time,
        Func<double> chance,
        ILoggerFactory loggers)
    {
        _producer = producer;
        _time = time;
        _startedAt = time.GetTimestamp();
        _logger = loggers.CreateLogger<DispatchService>();
        var topics = kafka.Topics;
        _cancellations = new Cancellations(kafka, options.MaxCancelled, schedulingMetrics, kafkaMetrics, time, loggers);
        _retry = new RetryDecision(retry, topics.Delays.Waits);
        _gates = gates;
        var parts = new LaneParts(
            apps,
            kafka,
            options,
            producer,
            new HandOff(producer, time, chance, kafkaMetrics, loggers.CreateLogger<HandOff>()),
            partitions => producer.EndsAsync(partitions, EndsTimeout),
            _retry,
            _cancellations,
            dispatchMetrics,
            laneMetrics,
            kafkaMetrics,
            time,
            chance,
            ServiceIdentity.Instance,
            [.. topics.Delays.Topics, .. formerTiers],
            loggers);
        _senders = providers.ToDictionary(
            provider => provider.Key,
            provider => new PushSender(
                provider.Value,
                gates[provider.Key],
                sending,
                sendingMetrics,
                time,
                chance,
                loggers.CreateLogger<PushSender>()));

        _lanes = [.. Lane.All.Select(lane => new LaneWorker(lane, _senders[lane.Provider], gates[lane.Provider], parts))];
        _pumps = [.. _lanes.SelectMany(lane => lane.Pumps)];
    }

    /// <summary>The lanes.</summary>
    public IReadOnlyList<LaneWorker> Lanes => _lanes;

    /// <summary>The providers' services whose breaker is open.</summary>
    public IEnumerable<string> DownEndpoints => _senders.Values.SelectMany(sender => sender.DownEndpoints);

    /// <summary>Whether it has been asked to end: it takes nothing new.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>Whether every pump has its share of partitions.</summary>
    public bool IsAssigned => _pumps.TrueForAll(pump => pump.IsAssigned);

    /// <summary>Whether everything has been read that was cancelled before the start.</summary>
    public bool KnowsCancelled => _cancellations.HasCaughtUp;

    /// <summary>How long the slowest pump has not gone round.</summary>
    public TimeSpan SinceLastRound => _pumps.Max(pump => pump.SinceLastRound);

    /// <summary>Pushes that have ended here since the start.</summary>
    public long Ended => _lanes.Sum(lane => lane.Dispatcher.Ended);

    /// <summary>Pushes in flight.</summary>
    public int InFlight => _lanes.Sum(lane => lane.Dispatcher.Queue.InFlight);

    /// <summary>Puts options in force that may change while it runs; every push goes on where it is. Not for concurrent use.</summary>
    /// <param name="sending">How hard a push is tried.</param>
    /// <param name="retry">When it is tried again.</param>
    /// <param name="limits">How much is asked of the providers.</param>
    public void Adopt(SendingOptions sending, RetryOptions retry, LimitOptions limits)
    {
        _retry.Adopt(retry);
        foreach (var sender in _senders.Values)
            sender.Adopt(sending);
        foreach (var gates in _gates.Values)
            gates.Adopt(limits);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _cancellations.Start();
        _pumps.ForEach(pump => pump.Start());
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        IsDraining = true;
        Log.Draining(_logger, InFlight);
        await Task.WhenAll(_pumps.Select(pump => pump.StopAsync())); // drains: whatever ends within the deadline is settled
        await Task.WhenAll(_lanes.Select(lane => lane.Dispatcher.StopAsync()));
        await _cancellations.StopAsync();
        _producer.Flush(FlushTimeout);

        var (ended, usage) = (Math.Max(1, Ended), ProcessUsage.Read());
        Log.Stopped(
            _logger,
            Ended,
            _time.GetElapsedTime(_startedAt),
            usage.CpuMilliseconds * 1000 / ended,
            usage.AllocatedBytes / ended,
            usage.PeakWorkingSetBytes / (1024 * 1024));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lanes.ForEach(lane => lane.Dispose());
        _cancellations.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Draining: {InFlight} pushes in flight")]
        public static partial void Draining(ILogger logger, int inFlight);

        [LoggerMessage(2, LogLevel.Information,
            "Stopped after {Uptime}: {Ended} pushes, {CpuMicroseconds:F1} µs CPU and {AllocatedBytes} bytes allocated per push, peak {PeakMiB} MiB")]
        public static partial void Stopped(
            ILogger logger, long ended, TimeSpan uptime, double cpuMicroseconds, long allocatedBytes, long peakMiB);
    }
}
