using Confluent.Kafka;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Kafka;

/// <summary>
/// Reads topics from their beginning and goes on reading, without a group: everybody who follows a topic sees all of it. One thread owns
/// the consumer. It keeps nothing but its positions; what the records mean is its reader's, who is told each at least once.
/// </summary>
public sealed partial class TopicFollower : IDisposable
{
    /// <summary>How soon somebody who waits is noticed.</summary>
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(20);

    /// <summary>Records between two looks at who waits.</summary>
    private const int RecordsPerTurn = 1_000;

    /// <summary>How long Kafka may take to say where a partition ends.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How long partitions that are added to a topic may stay unnoticed.</summary>
    private static readonly TimeSpan PartitionsAge = TimeSpan.FromSeconds(10);

    /// <summary>How often the ends are looked at when nobody waits, for the figures.</summary>
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    private readonly KafkaOptions _kafka;
    private readonly IReadOnlyList<string> _topics;
    private readonly Action<string, byte[]?> _apply;
    private readonly TimeProvider _time;
    private readonly KafkaMetrics _metrics;
    private readonly ILogger _logger;
    private readonly string _name;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<TopicPartition, long> _positions = [];
    private readonly Lock _lock = new();
    private bool _isStarted;
    private Round _next = new();
    private Round? _current;
    private long _roundBegan;
    private Dictionary<TopicPartition, long>? _ends;
    private long _partitionsRead;
    private long _confirmedTicks;
    private long _lag;

    /// <summary>Makes a follower that does nothing yet.</summary>
    /// <param name="kafka">How to reach Kafka.</param>
    /// <param name="topics">What to follow.</param>
    /// <param name="apply">Gets the topic and the value of each record, on the follower's thread; does not throw.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Counts replaced consumers.</param>
    /// <param name="logger">Trouble.</param>
    public TopicFollower(
        KafkaOptions kafka,
        IReadOnlyList<string> topics,
        Action<string, byte[]?> apply,
        TimeProvider time,
        KafkaMetrics metrics,
        ILogger<TopicFollower> logger)
    {
        (_kafka, _topics, _apply, _time, _metrics, _logger) = (kafka, topics, apply, time, metrics, logger);
        _name = $"follower {string.Join(", ", topics)}";
    }

    /// <summary>Whether everything that was there at the start has been read.</summary>
    public bool HasCaughtUp => Volatile.Read(ref _confirmedTicks) > 0;

    /// <summary>Everything that Kafka had acknowledged by then has been read, by this process's clock.</summary>
    public DateTimeOffset ConfirmedAt => new(Volatile.Read(ref _confirmedTicks), TimeSpan.Zero);

    /// <summary>Records that were there and not read yet when the ends were last looked at.</summary>
    public long Lag => Volatile.Read(ref _lag);

    /// <summary>Starts the thread.</summary>
    public void Start()
    {
        _isStarted = true;
        new Thread(Run) { IsBackground = true, Name = _name }.Start();
    }

    /// <summary>Waits until everything has been read that Kafka has acknowledged before the call.</summary>
    /// <param name="deadline">How long at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it has.</returns>
    public async Task<bool> CatchUpAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        Round round;
        lock (_lock)
        {
            round = _next; // one that has not begun: all who wait share it
            round.IsWanted = true;
        }

        try
        {
            await round.Reached.Task.WaitAsync(deadline, _time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Ends the thread.</summary>
    public Task StopAsync()
    {
        _stopping.Cancel();
        return _isStarted ? _ended.Task : Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private void Run()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using var consumer = NewConsumer();
                Follow(consumer);
                consumer.Close();
            }
            catch (Exception e)
            {
                _metrics.ConsumerReplaced(_name, e is KafkaException { Error.Code: var code } ? code.ToString() : e.GetType().Name);
                Log.Failed(_logger, _name, e);
                _stopping.Token.WaitHandle.WaitOne(RestartDelay);
            }
        }

        _ended.SetResult();
    }

    private void Follow(IConsumer<Ignore, byte[]?> consumer)
    {
        ReadPartitions(consumer);
        while (!_stopping.IsCancellationRequested)
        {
            Ask(consumer);
            var record = Consume(consumer, PollTime);
            for (var taken = 1; record is not null; taken++)
            {
                _positions[record.TopicPartition] = record.IsPartitionEOF ? record.Offset.Value : record.Offset.Value + 1;
                if (!record.IsPartitionEOF)
                    _apply(record.Topic, record.Message.Value);
                record = taken < RecordsPerTurn ? Consume(consumer, TimeSpan.Zero) : null;
            }

            Conclude();
        }
    }

    private ConsumeResult<Ignore, byte[]?>? Consume(IConsumer<Ignore, byte[]?> consumer, TimeSpan wait)
    {
        try
        {
            return consumer.Consume(wait);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            Log.Trouble(_logger, _name, e.Error.Code, e.Error.Reason);
            return null;
        }
    }

    /// <summary>Begins a round when somebody waits for one, and none is under way.</summary>
    private void Ask(IConsumer<Ignore, byte[]?> consumer)
    {
        if (_current is null)
        {
            lock (_lock)
            {
                if (!_next.IsWanted && HasCaughtUp && _time.GetElapsedTime(_roundBegan) < QuietTime)
                    return;
                (_current, _next) = (_next, new Round());
            }
        }
        else if (_ends is not null)
        {
            return;
        }

        try
        {
            _roundBegan = _time.GetTimestamp();
            _current.BeganAt = _time.GetUtcNow();
            if (_time.GetElapsedTime(_partitionsRead) > PartitionsAge)
                ReadPartitions(consumer);
            _ends = _positions.Keys.ToDictionary(partition => partition, partition => consumer.QueryWatermarkOffsets(partition, EndTimeout).High.Value);
        }
        catch (KafkaException e)
        {
            Log.NoEnds(_logger, _name, e.Error.Code, e.Error.Reason); // asked again in the next turn; who waits has a deadline
        }
    }

    /// <summary>Ends a round whose ends have been reached.</summary>
    private void Conclude()
    {
        if (_ends is null)
            return;
        var lag = _ends.Sum(end => Math.Max(0, end.Value - Math.Max(0, _positions[end.Key])));
        Volatile.Write(ref _lag, lag);
        if (lag > 0)
            return;
        Volatile.Write(ref _confirmedTicks, _current!.BeganAt.UtcTicks);
        _current.Reached.SetResult();
        (_current, _ends) = (null, null);
    }

    /// <summary>Reads which partitions there are, and goes on in each where it stopped: at the beginning in a new one.</summary>
    private void ReadPartitions(IConsumer<Ignore, byte[]?> consumer)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = _topics
            .SelectMany(topic => admin.GetMetadata(topic, EndTimeout).Topics)
            .SelectMany(topic => topic.Error.IsError
                ? throw new KafkaException(topic.Error)
                : topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition.PartitionId)))
            .ToHashSet();
        _partitionsRead = _time.GetTimestamp();
        if (consumer.Assignment.Count == partitions.Count)
            return;
        foreach (var partition in partitions)
            _positions.TryAdd(partition, Offset.Beginning.Value);
        consumer.Assign(_positions.Select(position => new TopicPartitionOffset(position.Key, new Offset(position.Value))));
    }

    private IConsumer<Ignore, byte[]?> NewConsumer()
    {
        var config = _kafka.Client<ConsumerConfig>();
        config.GroupId = $"{_kafka.GroupId}.followers"; // a consumer has to name one; this one never joins it, nor commits
        config.EnableAutoCommit = false;
        config.EnableAutoOffsetStore = false;
        config.AutoOffsetReset = AutoOffsetReset.Earliest; // what retention deleted cannot be read; what follows can
        config.EnablePartitionEof = true; // the end may lie behind the last record: retention, markers of transactions
        config.CheckCrcs = false;
        config.QueuedMinMessages = 5_000;
        config.QueuedMaxMessagesKbytes = 4 * 1024;
        config.FetchMaxBytes = 2 * 1024 * 1024;
        config.MaxPartitionFetchBytes = 1024 * 1024;
        config.FetchWaitMaxMs = 100;
        config.ConsumeResultFields = "topic";
        config.Set("fetch.queue.backoff.ms", "20");
        foreach (var (name, value) in _kafka.AllProperties)
            config.Set(name, value);
        return new ConsumerBuilder<Ignore, byte[]?>(config)
            .SetErrorHandler((_, error) => Log.Trouble(_logger, _name, error.Code, error.Reason))
            .SetLogHandler((_, message) => Log.Librdkafka(_logger, message.Facility, message.Message))
            .Build();
    }

    /// <summary>One look at where the topics end, and those who wait until that is read.</summary>
    private sealed class Round
    {
        public bool IsWanted;

        public DateTimeOffset BeganAt;

        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Follower}: the consumer failed and is replaced; it goes on where it was")]
        public static partial void Failed(ILogger logger, string follower, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "{Follower}: {Code} {Reason}")]
        public static partial void Trouble(ILogger logger, string follower, ErrorCode code, string reason);

        [LoggerMessage(3, LogLevel.Debug, "{Follower}: Kafka does not say where the topics end: {Code} {Reason}")]
        public static partial void NoEnds(ILogger logger, string follower, ErrorCode code, string reason);

        [LoggerMessage(4, LogLevel.Debug, "librdkafka {Facility}: {Message}")]
        public static partial void Librdkafka(ILogger logger, string facility, string message);
    }
}
