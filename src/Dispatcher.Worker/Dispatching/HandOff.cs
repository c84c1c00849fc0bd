using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Worker.Dispatching;

/// <summary>
/// Produces a record until Kafka has acknowledged it: the source's offset waits for it, so giving up is not an option. Only the end of the
/// process ends the wait, and where the caller knows what to do instead, an answer that no repetition changes.
/// </summary>
internal sealed partial class HandOff(
    RecordProducer producer, TimeProvider time, Func<double> chance, KafkaMetrics metrics, ILogger<HandOff> logger)
{
    /// <summary>
    /// Below this a record is not too large by itself: no topic for pushes can be set so low. It was in a batch that was, and its next batch
    /// is another one.
    /// </summary>
    private const int CertainlySmall = 16 * 1024;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    private readonly LogPace _pace = new(time);

    /// <summary>Produces a record that Kafka has to take, whatever it says: what is bounded, or has nowhere else to go.</summary>
    /// <param name="topic">Where to.</param>
    /// <param name="message">The record.</param>
    /// <param name="abort">Ends the wait; the record may have been written all the same, and is then written again by the next owner.</param>
    /// <exception cref="OperationCanceledException">The wait was ended without an acknowledgement.</exception>
    public Task ProduceAsync(string topic, Message<byte[]?, byte[]?> message, CancellationToken abort) =>
        ProduceAsync(topic, message, static _ => false, abort);

    /// <summary>Produces a record for which there is another way.</summary>
    /// <param name="topic">Where to.</param>
    /// <param name="message">The record.</param>
    /// <param name="isFinal">Which answers send the caller that way.</param>
    /// <param name="abort">Ends the wait.</param>
    /// <returns>The acknowledgement, or such an answer.</returns>
    /// <exception cref="OperationCanceledException">The wait was ended without an acknowledgement.</exception>
    public async Task<ProduceAnswer> ProduceAsync(
        string topic, Message<byte[]?, byte[]?> message, Func<ProduceAnswer, bool> isFinal, CancellationToken abort)
    {
        var delay = FirstDelay;
        var since = time.GetTimestamp();
        while (true)
        {
            var answer = await producer.ProduceAsync(topic, message).WaitAsync(abort);
            if (answer.Outcome == ProduceOutcome.Acked)
            {
                metrics.HandedOff(topic, time.GetElapsedTime(since));
                return answer;
            }

            if (isFinal(answer) && !(answer.IsTooLarge && SizeOf(message) < CertainlySmall))
                return answer;

            metrics.HandOffRetried(topic, answer.Code.ToString());
            if (_pace.MayLog($"{topic} {answer.Code}", out var untold))
                Log.Retried(logger, topic, answer.Code, untold);
            await Task.Delay(delay * (0.5 + chance()), time, abort);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
    }

    private static int SizeOf(Message<byte[]?, byte[]?> message)
    {
        var size = (message.Key?.Length ?? 0) + (message.Value?.Length ?? 0);
        foreach (var header in message.Headers ?? [])
            size += header.Key.Length + (header.GetValueBytes()?.Length ?? 0);
        return size;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Kafka does not take a record for {Topic}: {Code}. It is offered again until it does, and its push stays open meanwhile. {Untold} more of these since the last one told")]
        public static partial void Retried(ILogger logger, string topic, ErrorCode code, long untold);
    }
}
