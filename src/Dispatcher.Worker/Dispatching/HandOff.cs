using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Worker.Dispatching;

/// <summary>
/// Produces a record until Kafka has acknowledged it: the source's offset waits for it, so giving up is not an option, and neither is
/// another topic. Only the end of the process ends the wait.
/// </summary>
internal sealed class HandOff(RecordProducer producer, TimeProvider time, Func<double> chance, KafkaMetrics metrics)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    /// <summary>Produces a record.</summary>
    /// <param name="topic">Where to.</param>
    /// <param name="message">The record.</param>
    /// <param name="abort">Ends the wait; the record may have been written all the same, and is then written again by the next owner.</param>
    /// <exception cref="OperationCanceledException">The wait was ended without an acknowledgement.</exception>
    public async Task ProduceAsync(string topic, Message<byte[]?, byte[]?> message, CancellationToken abort)
    {
        var delay = FirstDelay;
        while (true)
        {
            var answer = await producer.ProduceAsync(topic, message).WaitAsync(abort);
            if (answer.Outcome == ProduceOutcome.Acked)
                return;
            metrics.HandOffRetried(topic, answer.Code.ToString());
            await Task.Delay(delay * (0.5 + chance()), time, abort);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
    }
}
