using Confluent.Kafka;

namespace Dispatcher.Worker.Consuming;

/// <content>What it says. Information: lifecycle; warning: recovered; error: an operator must act.</content>
internal sealed partial class RecordConsumer
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Pump}: assigned {Partitions}")]
        public static partial void Assigned(ILogger logger, string pump, string partitions);

        [LoggerMessage(2, LogLevel.Information, "{Pump}: gave up {Partitions}; {Abandoned} pushes in flight were left to the next owner")]
        public static partial void Revoked(ILogger logger, string pump, string partitions, int abandoned);

        [LoggerMessage(3, LogLevel.Warning, "{Pump}: lost {Partitions}")]
        public static partial void Lost(ILogger logger, string pump, string partitions);

        [LoggerMessage(4, LogLevel.Warning, "{Pump}: not polled for too long, so the group has given its partitions to others; it joins again")]
        public static partial void MaxPollExceeded(ILogger logger, string pump);

        [LoggerMessage(5, LogLevel.Error, "{Pump}: {Topic}/{Partition} stands still at offset {Offset}, a batch there cannot be read: {Reason}")]
        public static partial void Unreadable(ILogger logger, string pump, string topic, int partition, long offset, string reason);

        [LoggerMessage(6, LogLevel.Warning, "{Pump}: {Code} {Reason}")]
        public static partial void ConsumeTrouble(ILogger logger, string pump, ErrorCode code, string reason);

        [LoggerMessage(7, LogLevel.Warning, "{Pump}: {Topic}/{Partition} went back from offset {Next} to {Offset}")]
        public static partial void Rewound(ILogger logger, string pump, string topic, int partition, long next, long offset);

        [LoggerMessage(8, LogLevel.Warning, "{Pump}: offset of {Topic}/{Partition} not stored: {Code}")]
        public static partial void NotStored(ILogger logger, string pump, string topic, int partition, ErrorCode code);

        [LoggerMessage(9, LogLevel.Warning, "{Pump}: {Abandoned} pushes were still in flight when the drain timeout ended; they stay in Kafka")]
        public static partial void DrainTimedOut(ILogger logger, string pump, int abandoned);

        [LoggerMessage(10, LogLevel.Error, "{Pump}: a rebalance handler failed; the consumer is replaced")]
        public static partial void HandlerFailed(ILogger logger, string pump, Exception exception);

        [LoggerMessage(11, LogLevel.Debug, "librdkafka {Facility}: {Message}")]
        public static partial void Librdkafka(ILogger logger, string facility, string message);

        [LoggerMessage(12, LogLevel.Error, "{Pump}: Kafka deleted {Count} records of {Topic}/{Partition} before they were settled: "
            + "its retention is shorter than the backlog")]
        public static partial void LostToRetention(ILogger logger, string pump, long count, string topic, int partition);

        [LoggerMessage(13, LogLevel.Information, "{Pump}: Kafka refused a commit: {Code}")]
        public static partial void NotCommitted(ILogger logger, string pump, ErrorCode code);

        [LoggerMessage(14, LogLevel.Information, "{Pump}: {Count} pushes beyond the commit of {Topic}/{Partition} are settled and not sent again")]
        public static partial void Restored(ILogger logger, string pump, int count, string topic, int partition);

        [LoggerMessage(15, LogLevel.Warning, "{Pump}: the metadata of the commit of {Topic}/{Partition} is not readable and is ignored: "
            + "what was settled beyond it is sent again")]
        public static partial void NotRestored(ILogger logger, string pump, string topic, int partition);

        [LoggerMessage(16, LogLevel.Error, "{Pump}: Kafka takes no commits with that much metadata (offset.metadata.max.bytes); "
            + "offsets are committed without, as if Worker:SparseCommits were off")]
        public static partial void MetadataRefused(ILogger logger, string pump);
    }
}
