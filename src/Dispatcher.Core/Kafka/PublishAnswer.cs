using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Kafka;

/// <summary>What became of the records of one request, in the order of its pushes.</summary>
/// <param name="Records">Kafka's answer for each; empty when nothing was produced because the queue was full.</param>
public sealed record PublishAnswer(IReadOnlyList<ProduceAnswer> Records)
{
    /// <summary>Nothing was produced: too much is on its way already.</summary>
    public static readonly PublishAnswer QueueFull = new([]);

    /// <summary>The lane that has too much waiting, so that nothing was produced.</summary>
    public Lane? FullLane { get; init; }

    /// <summary>Whether Kafka has every record.</summary>
    public bool IsAcked => Records.Count > 0 && Records.All(record => record.Outcome == ProduceOutcome.Acked);
}
