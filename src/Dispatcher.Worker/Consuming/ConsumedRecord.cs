using Confluent.Kafka;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Worker.Consuming;

/// <summary>A record as the pump consumed it: a copy of all that is needed of it.</summary>
/// <param name="Partition">Where it came from.</param>
/// <param name="Offset">Its offset there.</param>
internal readonly record struct ConsumedRecord(PartitionKey Partition, long Offset)
{
    /// <summary>The epoch of the leader that gave it out; -1 when that is not known.</summary>
    public int LeaderEpoch { get; init; } = -1;

    /// <summary>Milliseconds since 1970, or whatever number its producer gave.</summary>
    public long Timestamp { get; init; }

    /// <summary>The key.</summary>
    public byte[]? Key { get; init; }

    /// <summary>The headers; <see langword="null"/> for a record without any.</summary>
    public Headers? Headers { get; init; }

    /// <summary>The value, whose buffer goes back when the record ends.</summary>
    public RecordBytes Value { get; init; }

    /// <summary>Copies what librdkafka holds.</summary>
    /// <param name="record">A record, no error.</param>
    /// <param name="topic">The index of its topic.</param>
    public static ConsumedRecord Copy(NativeRecord record, int topic) => new(new PartitionKey(topic, record.Partition), record.Offset)
    {
        LeaderEpoch = record.LeaderEpoch,
        Timestamp = record.Timestamp,
        Key = record.HasKey ? record.Key.ToArray() : null,
        Headers = record.CopyHeaders(),
        Value = record.HasValue ? RecordBytes.Copy(record.Value) : default,
    };
}
