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
public readonly record struct ProduceAnswer(ProduceOutcome Outcome, ErrorCode Code)
{
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
