using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>
/// A push whose result is on its way to Kafka: acknowledged, its offset completes. Its dispatch loop does not wait for that, which saves a push
/// three tasks and a hop between threads. A result that is not taken at once goes the usual way of a hand-off, until it is.
/// </summary>
/// <param name="consumed">The push, handed over.</param>
/// <param name="topic">The topic of results.</param>
/// <param name="result">The record.</param>
/// <param name="app">Its app.</param>
/// <param name="outcome">What became of it, in a word.</param>
/// <param name="results">Where it is counted.</param>
/// <param name="since">When it was produced.</param>
/// <param name="abort">The process ends: what is not acknowledged stays in Kafka.</param>
internal sealed class PendingResult(
    ConsumedPush consumed,
    string topic,
    Message<byte[]?, byte[]?> result,
    string app,
    string outcome,
    PendingResults results,
    long since,
    CancellationToken abort) : IProduceListener
{
    public ConsumedPush Consumed => consumed;

    public string Topic => topic;

    public Message<byte[]?, byte[]?> Result => result;

    public string App => app;

    public string Outcome => outcome;

    public long Since => since;

    public CancellationToken Abort => abort;

    /// <inheritdoc/>
    public void Answered(ProduceAnswer answer) => results.Answered(this, answer);
}
