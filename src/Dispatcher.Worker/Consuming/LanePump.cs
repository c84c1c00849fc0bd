using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Worker.Consuming;

/// <summary>
/// The thread that owns a lane's consumer. Whatever comes out of a consumer that is not understood ends that consumer: a new one starts
/// at the last commit, so nothing that was fetched can slip between two states.
/// </summary>
internal sealed partial class LanePump : IDisposable
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    private readonly Lane _lane;
    private readonly KafkaOptions _kafka;
    private readonly LaneQueue _queue;
    private readonly WorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly KafkaMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastRound;

    public LanePump(
        Lane lane,
        KafkaOptions kafka,
        LaneQueue queue,
        WorkerOptions options,
        TimeProvider time,
        KafkaMetrics metrics,
        ILogger<LanePump> logger)
    {
        _lane = lane;
        _kafka = kafka;
        _queue = queue;
        _options = options;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _lastRound = time.GetTimestamp();
    }

    /// <summary>Whether the group has given this lane its share of partitions.</summary>
    public bool IsAssigned { get; private set; }

    /// <summary>How long ago the pump last went round: more than a few seconds means that it is stuck.</summary>
    public TimeSpan SinceLastRound => _time.GetElapsedTime(Interlocked.Read(ref _lastRound));

    /// <summary>Starts the thread.</summary>
    public void Start() => new Thread(Pump) { IsBackground = true, Name = $"pump {_lane.Name}" }.Start();

    /// <summary>Takes nothing new, drains, leaves the group.</summary>
    /// <returns>Ends with the thread.</returns>
    public Task StopAsync()
    {
        _stopping.Cancel();
        return _ended.Task;
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private void Pump()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var config = ConsumerSettings.ForLane(_kafka, _lane);
                new LaneConsumer(_lane, _kafka.Topics.Pushes(_lane), config, _queue, _options, _time, _logger).Run(OnRound, _stopping.Token);
            }
            catch (Exception e)
            {
                IsAssigned = false;
                _metrics.ConsumerReplaced(_lane.Name, e.GetType().Name);
                Log.ConsumerFailed(_logger, _lane, e);
                _stopping.Token.WaitHandle.WaitOne(RestartDelay);
            }
        }

        IsAssigned = false;
        _ended.SetResult();
    }

    private void OnRound(LaneConsumer consumer)
    {
        IsAssigned = consumer.IsAssigned;
        Interlocked.Exchange(ref _lastRound, _time.GetTimestamp());
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Lane}: the consumer failed and is replaced; it starts again at the last commit")]
        public static partial void ConsumerFailed(ILogger logger, Lane lane, Exception exception);
    }
}
