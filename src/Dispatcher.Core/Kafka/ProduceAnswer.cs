using Confluent.Kafka;

namespace Dispatcher.Core.Kafka;

/// <summary>Whether a record is in Kafka.</summary>
public enum ProduceOutcome
{
    /// <summary>Every in-sync replica has it.</summary>
    Acked,

    /// <summary>It certainly was not written.</summary>
    Refused,

    /// <summary>It left and no answer came in time: it may have been written.</summary>
    Unknown,
}

/// <summary>The answer to one produce.</summary>
/// <param name="Outcome">Whether the record is in Kafka.</param>
/// <param name="Code">Kafka's own word for it.</param>
/// <param name="Partition">Where the record is; -1 when it is nowhere, or nobody knows where.</param>
/// <param name="Offset">Its place there.</param>
public readonly record struct ProduceAnswer(ProduceOutcome Outcome, ErrorCode Code, int Partition = -1, long Offset = -1)
{
    /// <summary>Whether the record, or the batch that it was in, is longer than the topic or the client allows.</summary>
    public bool IsTooLarge => Code is ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge;

    /// <summary>Whether the producer's own queue has no room for it.</summary>
    public bool IsQueueFull => Code == ErrorCode.Local_QueueFull;

    /// <summary>
    /// Whether Kafka refuses this very record, so that producing it again changes nothing. What an operator can put right for all records (a
    /// missing topic, its name, an ACL, too few replicas) is not among it.
    /// </summary>
    public bool IsForEver => IsTooLarge
        || Code is ErrorCode.InvalidRecord or ErrorCode.PolicyViolation or ErrorCode.InvalidTimestamp or ErrorCode.UnsupportedForMessageFormat;

    /// <summary>Reads a delivery report.</summary>
    /// <param name="status">How far the record got.</param>
    /// <param name="error">The report's error.</param>
    public static ProduceAnswer From(PersistenceStatus status, Error error) => status switch
    {
        PersistenceStatus.Persisted when !error.IsError => new(ProduceOutcome.Acked, ErrorCode.NoError),
        PersistenceStatus.NotPersisted => new(ProduceOutcome.Refused, error.Code),
        _ => new(ProduceOutcome.Unknown, error.Code),
    };
}
