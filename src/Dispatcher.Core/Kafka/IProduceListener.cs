namespace Dispatcher.Core.Kafka;

/// <summary>Waits for the answer to one produce.</summary>
public interface IProduceListener
{
    /// <summary>Kafka has answered. Called once, mostly by the one thread that serves all answers: whatever takes long goes elsewhere, and nothing is thrown.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="value">The record's value, for who has to produce it again; valid until the call returns.</param>
    void Answered(ProduceAnswer answer, ReadOnlySpan<byte> value);
}
