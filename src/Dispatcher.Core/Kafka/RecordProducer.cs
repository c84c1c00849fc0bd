using Confluent.Kafka;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Kafka;

/// <summary>
/// The one idempotent producer of a process, supervised: librdkafka does not recover from a fatal error, nor from a sequence that the
/// broker refuses over and over, so in both cases it is replaced. Its queue is bounded (<see cref="ProducerSettings.QueueRecords"/>,
/// <see cref="ProducerSettings.QueueBytes"/>); when full, a produce is refused at once.
/// </summary>
public sealed partial class RecordProducer : IDisposable
{
    /// <summary>Refused sequence numbers in a row after which the producer counts as stuck.</summary>
    private const int StuckAfter = 10;

    private readonly ProducerConfig _config;
    private readonly KafkaMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Lock _replacing = new();
    private Incarnation _current;
    private bool _disposed;

    /// <summary>Builds the first producer; it connects in the background.</summary>
    /// <param name="config">From <see cref="ProducerSettings"/>.</param>
    /// <param name="metrics">Counts replacements.</param>
    /// <param name="logger">Connection trouble and replacements.</param>
    public RecordProducer(ProducerConfig config, KafkaMetrics metrics, ILogger<RecordProducer> logger)
    {
        _config = ForEvents(config);
        _metrics = metrics;
        _logger = logger;
        _current = new Incarnation(this);
    }

    /// <summary>Produces a record and waits for Kafka's answer, which comes within the producer's message timeout.</summary>
    /// <param name="topic">Where to.</param>
    /// <param name="message">The record.</param>
    /// <remarks>There is nothing to cancel: a record that is in the queue may be written whatever the caller does.</remarks>
    public Task<ProduceAnswer> ProduceAsync(string topic, Message<byte[]?, byte[]?> message)
    {
        var answer = new AnswerTask();
        Produce(topic, message, answer);
        return answer.Task;
    }

    /// <summary>Produces a record and has somebody told of Kafka's answer, who costs no task.</summary>
    /// <param name="topic">Where to.</param>
    /// <param name="message">The record.</param>
    /// <param name="listener">Who is told, once: here, if the record is refused at once, or by the thread that serves all answers.</param>
    public void Produce(string topic, Message<byte[]?, byte[]?> message, IProduceListener listener) =>
        Produce(topic, message.Key, message.Value, message.Headers, message.Timestamp.UnixTimestampMs, listener);

    /// <summary>The same for a record of bytes that are the caller's own, again when this returns.</summary>
    /// <param name="topic">Where to.</param>
    /// <param name="key">Its key; <see langword="default"/> for none.</param>
    /// <param name="value">Its value; <see langword="default"/> for none.</param>
    /// <param name="headers">Its headers.</param>
    /// <param name="listener">Who is told, once.</param>
    public void Produce(string topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, Headers? headers, IProduceListener listener) =>
        Produce(topic, key, value, headers, timestamp: 0, listener);

    private void Produce(
        string topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, Headers? headers, long timestamp, IProduceListener listener)
    {
        var incarnation = Volatile.Read(ref _current);
        if (!incarnation.TryHold())
        {
            listener.Answered(new ProduceAnswer(ProduceOutcome.Refused, ErrorCode.Local_Destroy), value); // replaced a moment ago, or the end
            return;
        }

        try
        {
            if (incarnation.Produce(topic, key, value, headers, timestamp, listener) is not { } error)
                return;
            Watch(incarnation, error);
            listener.Answered(new ProduceAnswer(ProduceOutcome.Refused, error.Code), value);
        }
        finally
        {
            incarnation.Release();
        }
    }

    /// <summary>Asks the cluster for a sign of life; blocks for as long as it takes.</summary>
    /// <param name="deadline">How long at most.</param>
    public bool IsReachable(TimeSpan deadline)
    {
        var incarnation = Volatile.Read(ref _current);
        if (!incarnation.TryHold())
            return false;
        try
        {
            using var client = new DependentAdminClientBuilder(incarnation.Producer.Handle).Build();
            return client.GetMetadata(deadline).Brokers.Count > 0;
        }
        catch (KafkaException)
        {
            return false;
        }
        finally
        {
            incarnation.Release();
        }
    }

    /// <summary>Waits until the queue is empty.</summary>
    /// <param name="deadline">How long at most.</param>
    /// <returns>How many records were left.</returns>
    public int Flush(TimeSpan deadline)
    {
        var incarnation = Volatile.Read(ref _current);
        if (!incarnation.TryHold())
            return 0;
        try
        {
            return incarnation.Producer.Flush(deadline);
        }
        finally
        {
            incarnation.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_replacing)
        {
            if (_disposed)
                return;
            _disposed = true;
            _current.Release();
        }
    }

    private void Watch(Incarnation incarnation, Error error)
    {
        var isSequenceError = error.Code is ErrorCode.OutOfOrderSequenceNumber or ErrorCode.Local_Inconsistent;
        var refused = isSequenceError ? incarnation.SequenceRefused() : 0;
        if (error.IsFatal || refused >= StuckAfter)
            Replace(incarnation, error);
    }

    private void Replace(Incarnation dead, Error error)
    {
        lock (_replacing)
        {
            if (_disposed || dead != _current)
                return;
            Volatile.Write(ref _current, new Incarnation(this));
        }

        Log.Replaced(_logger, error.Code, error.Reason);
        _metrics.ProducerReplaced(error.Code.ToString());
        new Thread(() => Retire(dead)) { IsBackground = true, Name = "kafka-producer-retirement" }.Start();
    }

    /// <summary>Disposing drops the reports that are still to come, and somebody waits for each: they end with the message timeout.</summary>
    private void Retire(Incarnation dead)
    {
        dead.Producer.Flush(TimeSpan.FromMilliseconds((_config.MessageTimeoutMs ?? 300_000) + 5_000));
        dead.Release();
    }

    private void OnError(Incarnation incarnation, Error error)
    {
        if (error.IsFatal)
            Watch(incarnation, error);
        else
            Log.Trouble(_logger, error.Code, error.Reason);
    }

    /// <summary>Continuations run elsewhere: the poll thread serves every other answer.</summary>
    private sealed class AnswerTask() : TaskCompletionSource<ProduceAnswer>(TaskCreationOptions.RunContinuationsAsynchronously), IProduceListener
    {
        public void Answered(ProduceAnswer answer, ReadOnlySpan<byte> value) => SetResult(answer);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Kafka: {Code} {Reason}")]
        public static partial void Trouble(ILogger logger, ErrorCode code, string reason);

        [LoggerMessage(2, LogLevel.Warning, "Kafka producer replaced after {Code}: {Reason}")]
        public static partial void Replaced(ILogger logger, ErrorCode code, string reason);

        [LoggerMessage(3, LogLevel.Debug, "librdkafka {Facility}: {Message}")]
        public static partial void Librdkafka(ILogger logger, string facility, string message);

        [LoggerMessage(4, LogLevel.Error, "What was produced was answered, {Outcome} ({Code}), and who waited for it failed: a bug")]
        public static partial void ListenerFailed(ILogger logger, Exception exception, ProduceOutcome outcome, ErrorCode code);
    }
}
