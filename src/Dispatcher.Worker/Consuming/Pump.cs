using Confluent.Kafka;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Worker.Consuming;

/// <summary>
/// The thread that owns a consumer. Whatever comes out of a consumer that is not understood ends that consumer: a new one starts at the
/// last commit, so nothing that was fetched can slip between two states.
/// </summary>
internal sealed partial class Pump : IDisposable
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    // rd_kafka_consumer_close has no deadline of its own, and has been seen to wait for a minute for an answer that was lost.
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(10);

    private readonly PumpSettings _settings;
    private readonly IRecordSink _sink;
    private readonly WorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly KafkaMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastRound;
    private volatile RecordConsumer? _consumer;

    public Pump(
        PumpSettings settings, IRecordSink sink, WorkerOptions options, TimeProvider time, KafkaMetrics metrics, ILogger<Pump> logger)
    {
        _settings = settings;
        _sink = sink;
        _options = options;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _lastRound = time.GetTimestamp();
    }

    /// <summary>Its name in logs and metrics.</summary>
    public string Name => _settings.Name;

    /// <summary>Whether the group has given this pump its share of partitions.</summary>
    public bool IsAssigned { get; private set; }

    /// <summary>How its partitions stand.</summary>
    public PumpState State => _consumer?.State ?? PumpState.None;

    /// <summary>How long something settled has not been committed, or the time since the last commit if that is shorter.</summary>
    public TimeSpan Uncommitted => State.UncommittedSince is { } since ? _time.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>How long ago the pump last went round: more than a few seconds means that it is stuck.</summary>
    public TimeSpan SinceLastRound => _time.GetElapsedTime(Interlocked.Read(ref _lastRound));

    /// <summary>Starts the thread.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = $"pump {_settings.Name}" }.Start();

    /// <summary>
    /// Takes nothing new, drains, leaves the group. A consumer that does not come back from leaving is left alone: its partitions are given to
    /// others when its session ends, and what it did not commit is sent again.
    /// </summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        try
        {
            await _ended.Task.WaitAsync(_options.DrainTimeout + CloseTime, _time);
        }
        catch (TimeoutException)
        {
            _metrics.ConsumerNotClosed(Name);
            Log.NotClosed(_logger, Name, _options.DrainTimeout + CloseTime);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ended.Task.IsCompleted) // otherwise its thread still asks
            _stopping.Dispose();
    }

    private void Run()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                _consumer = new RecordConsumer(_settings, _sink, _options, _time, _metrics, _logger);
                _consumer.Run(OnRound, _stopping.Token);
            }
            catch (Exception e)
            {
                (IsAssigned, _consumer) = (false, null);
                _metrics.ConsumerReplaced(_settings.Name, e is KafkaException { Error.Code: var code } ? code.ToString() : e.GetType().Name);
                Log.ConsumerFailed(_logger, _settings.Name, e);
                _stopping.Token.WaitHandle.WaitOne(RestartDelay);
            }
        }

        (IsAssigned, _consumer) = (false, null);
        _ended.SetResult();
    }

    private void OnRound(RecordConsumer consumer)
    {
        IsAssigned = consumer.IsAssigned;
        Interlocked.Exchange(ref _lastRound, _time.GetTimestamp());
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "{Pump}: the consumer has not left its group within {Time} and is left alone; its partitions wait for the end of its session")]
        public static partial void NotClosed(ILogger logger, string pump, TimeSpan time);

        [LoggerMessage(1, LogLevel.Warning, "{Pump}: the consumer failed and is replaced; it starts again at the last commit")]
        public static partial void ConsumerFailed(ILogger logger, string pump, Exception exception);
    }
}
