using Confluent.Kafka;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Worker.Consuming;

/// <summary>
/// Reads tails of partitions, off the pump's thread and with a consumer of its own that joins no group and commits nothing. Both are there
/// only while something is to be read. A tail that cannot be read in time is let go as it is: its repetitions are sent rather than anything lost.
/// </summary>
internal sealed partial class TailReader
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);

    private readonly string _pump;
    private readonly ConsumerConfig _config;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly KafkaMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Queue<PartitionTail> _asked = new(); // bound: one for each partition of the pump, at each of its assignments
    private readonly Dictionary<TopicPartition, Reading> _open = [];
    private bool _isRunning;
    private volatile bool _isStopped;

    public TailReader(string pump, ConsumerConfig config, TimeSpan timeout, TimeProvider time, KafkaMetrics metrics, ILogger logger) =>
        (_pump, _config, _timeout, _time, _metrics, _logger) = (pump, config, timeout, time, metrics, logger);

    /// <summary>Begins to read a tail.</summary>
    /// <param name="tail">The tail; it says when it is read.</param>
    public void Begin(PartitionTail tail)
    {
        lock (_lock)
        {
            _asked.Enqueue(tail);
            if (_isRunning)
                return;
            _isRunning = true;
        }

        new Thread(Run) { IsBackground = true, Name = $"tails of {_pump}" }.Start();
    }

    /// <summary>Reads no more. The thread ends by itself, and its consumer with it.</summary>
    public void Stop() => _isStopped = true;

    private void Run()
    {
        while (true)
        {
            try
            {
                using var consumer = new ConsumerBuilder<byte[]?, Ignore>(_config)
                    .SetErrorHandler(static (_, _) => { }) // what comes of an error is a tail that is not read in time
                    .SetLogHandler(static (_, _) => { })
                    .Build();
                while (!_isStopped && TakeAsked(consumer))
                    Poll(consumer);
                return;
            }
            catch (Exception e)
            {
                foreach (var tail in GiveUp())
                    Fail(tail, e.Message);
                if (!IsAsked()) // a consumer that cannot be made would be tried again without end
                    return;
            }
        }
    }

    private List<PartitionTail> GiveUp()
    {
        lock (_lock)
        {
            List<PartitionTail> tails = [.. _open.Values.Select(reading => reading.Tail), .. _asked];
            _asked.Clear();
            return tails;
        }
    }

    /// <summary>Whether somebody has asked meanwhile; if not, the thread has ended as far as others can tell.</summary>
    private bool IsAsked()
    {
        lock (_lock)
            return _isRunning = _asked.Count > 0;
    }

    /// <summary>Whether there is anything to read; if not, the thread has ended as far as others can tell.</summary>
    private bool TakeAsked(IConsumer<byte[]?, Ignore> consumer)
    {
        lock (_lock)
        {
            while (_asked.TryDequeue(out var tail))
            {
                // Asked for again, by a later assignment: the former one waits for nothing any more.
                if (_open.Remove(tail.Partition, out var former))
                    consumer.IncrementalUnassign([former.Tail.Partition]);
                _open[tail.Partition] = new Reading(tail, _time.GetTimestamp());
                consumer.IncrementalAssign([new TopicPartitionOffset(tail.Partition, tail.From)]);
            }

            return _isRunning = _open.Count > 0;
        }
    }

    private void Poll(IConsumer<byte[]?, Ignore> consumer)
    {
        const int most = 1_000; // between two looks at the clock
        var record = Consume(consumer, PollTime);
        for (var taken = 1; record is not null; taken++)
        {
            if (_open.TryGetValue(record.TopicPartition, out var reading) && !reading.Tail.Take(record))
            {
                consumer.IncrementalUnassign([record.TopicPartition]);
                _open.Remove(record.TopicPartition);
                _metrics.TailRead(_pump);
                reading.Tail.End();
            }

            record = taken < most && _open.Count > 0 ? Consume(consumer, TimeSpan.Zero) : null;
        }

        foreach (var late in _open.Values.Where(reading => _time.GetElapsedTime(reading.Since) > _timeout).ToList())
        {
            consumer.IncrementalUnassign([late.Tail.Partition]);
            Fail(late.Tail, $"not within {_timeout}");
        }
    }

    private ConsumeResult<byte[]?, Ignore>? Consume(IConsumer<byte[]?, Ignore> consumer, TimeSpan wait)
    {
        try
        {
            return consumer.Consume(wait);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            if (e.ConsumerRecord is { } record && _open.TryGetValue(record.TopicPartition, out var reading))
            {
                consumer.IncrementalUnassign([record.TopicPartition]);
                Fail(reading.Tail, e.Error.Reason);
            }

            return null;
        }
    }

    private void Fail(PartitionTail tail, string why)
    {
        _open.Remove(tail.Partition);
        _metrics.TailReadFailed(_pump);
        Log.NotRead(_logger, _pump, tail.Partition.Topic, tail.Partition.Partition.Value, why);
        tail.End();
    }

    private readonly record struct Reading(PartitionTail Tail, long Since);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Pump}: what came before in {Topic}/{Partition} cannot be read: {Why}. "
            + "Repetitions of it are sent again; those of what comes from here on are not")]
        public static partial void NotRead(ILogger logger, string pump, string topic, int partition, string why);
    }
}
