using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Worker.Consuming;

/// <summary>
/// Tells which records of a consumer's partitions repeat an earlier one. A partition costs nothing until its first record with a mark; then
/// its tail is read, and the partition waits for that. The pump's thread is the only caller.
/// </summary>
internal sealed partial class RepeatGuard
{
    private readonly string _pump;
    private readonly int _keys;
    private readonly TimeSpan _span;
    private readonly KafkaMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TailReader _reader;
    private readonly Dictionary<PartitionKey, PartitionTail> _tails = [];
    private bool _hasToldConflict;

    public RepeatGuard(string pump, ConsumerConfig tails, WorkerOptions options, TimeProvider time, KafkaMetrics metrics, ILogger logger)
    {
        (_pump, _keys, _span, _metrics, _logger) = (pump, options.RepeatKeys, options.RepeatWindow, metrics, logger);
        _reader = new TailReader(pump, tails, options.RepeatTailTimeout, time, metrics, logger);
    }

    /// <summary>Whether it is known what came before a record with a mark; if not, that is found out, and the record has to be held.</summary>
    /// <param name="partition">The record's partition.</param>
    /// <param name="topic">The name of its topic.</param>
    /// <param name="offset">Its offset.</param>
    public bool IsReady(PartitionKey partition, string topic, long offset)
    {
        if (_tails.TryGetValue(partition, out var tail))
            return tail.IsRead;
        // As many records as keys: the memory is for that many, and so is the time that a partition may wait.
        tail = new PartitionTail(new TopicPartition(topic, partition.Partition), Math.Max(0, offset - _keys), offset, new RepeatWindow(_keys, _span));
        _tails.Add(partition, tail);
        if (offset == 0)
            tail.End();
        else
            _reader.Begin(tail);
        return tail.IsRead;
    }

    /// <summary>Whether a partition waits for its tail.</summary>
    /// <param name="partition">The partition.</param>
    public bool IsReading(PartitionKey partition) => _tails.TryGetValue(partition, out var tail) && !tail.IsRead;

    /// <summary>Whether a record with a mark repeats one that lies before it in its partition, which is settled or in flight here.</summary>
    /// <param name="record">The record.</param>
    /// <param name="topic">The name of its topic.</param>
    /// <param name="mark">Its mark.</param>
    public bool IsRepeated(in ConsumedRecord record, string topic, RepeatMark mark)
    {
        if (!_tails.TryGetValue(record.Partition, out var tail))
            return false; // its log was cut just now
        var sighting = tail.Window.See(mark, record.Offset, record.Timestamp);
        if (sighting == Sighting.First)
            return false;
        _metrics.RecordRepeated(topic, isConflict: sighting == Sighting.Conflicting);
        if (sighting == Sighting.Conflicting && !_hasToldConflict)
        {
            _hasToldConflict = true;
            Log.Conflicting(_logger, _pump, topic, record.Partition.Partition, record.Offset);
        }

        return true;
    }

    /// <summary>The partition is gone, or its log is another one.</summary>
    /// <param name="partition">The partition.</param>
    public void Forget(PartitionKey partition) => _tails.Remove(partition);

    /// <summary>Nothing is consumed any more.</summary>
    public void Stop() => _reader.Stop();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Pump}: {Topic}/{Partition}@{Offset} has the idempotency key of another request. It is not sent, and nor is any "
            + "other like it: the counter dispatcher.kafka.records.conflicting has them all")]
        public static partial void Conflicting(ILogger logger, string pump, string topic, int partition, long offset);
    }
}
