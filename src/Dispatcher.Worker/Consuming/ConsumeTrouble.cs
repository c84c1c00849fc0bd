using Confluent.Kafka;

namespace Dispatcher.Worker.Consuming;

/// <summary>An error that came in the place of a record.</summary>
/// <param name="Error">The error.</param>
/// <param name="Partition">Whose it is, if it is that of a partition of ours.</param>
/// <param name="Offset">The offset, if it is that of a record; negative otherwise.</param>
internal readonly record struct ConsumeTrouble(Error Error, PartitionKey? Partition, long Offset)
{
    /// <summary>Whether there is something at the offset, and it cannot be read.</summary>
    public bool IsUnreadable => Partition is not null && Error.Code is ErrorCode.Local_BadMsg or ErrorCode.Local_BadCompression or ErrorCode.Local_NotImplemented;

    /// <summary>
    /// Whether a partition's committed offset could not be fetched. librdkafka then leaves the partition aside, without another try, until
    /// it is assigned anew (rd_kafka_assignment_handle_OffsetFetch): it would stand still until the next rebalance. A new consumer asks again.
    /// </summary>
    public bool IsLeftAside => Partition is not null && Offset < 0
        && Error.Code is ErrorCode.NotCoordinatorForGroup or ErrorCode.GroupCoordinatorNotAvailable or ErrorCode.GroupLoadInProgress
            or ErrorCode.GroupAuthorizationFailed or ErrorCode.RequestTimedOut or ErrorCode.Local_TimedOut or ErrorCode.Local_Transport
            or ErrorCode.Local_TimedOutQueue or ErrorCode.NetworkException or ErrorCode.Unknown;
}
