using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>
/// The results of a lane that Kafka has not acknowledged yet, and for which no dispatch loop waits: that saves a push three tasks and a hop between
/// threads. Acknowledged, the push's offset completes; one that is not taken at once goes the usual way of a hand-off, until it is. Bound: as many
/// as the lane works on at once; when there are so many, <see cref="TryAdd"/> says no and the loop waits for its own.
/// </summary>
internal sealed class PendingResults(
    Lane lane,
    int bound,
    RecordProducer producer,
    HandOff handOff,
    DispatchMetrics metrics,
    KafkaMetrics kafkaMetrics,
    Faults faults,
    TimeProvider time)
{
    private readonly Lane _lane = lane;
    private readonly HandOff _handOff = handOff;
    private readonly DispatchMetrics _metrics = metrics;
    private readonly KafkaMetrics _kafkaMetrics = kafkaMetrics;
    private readonly Faults _faults = faults;
    private readonly TimeProvider _time = time;
    private int _count;

    /// <summary>Produces a result; acknowledged, the push's offset completes.</summary>
    /// <param name="consumed">The push. It is handed over if the answer is yes.</param>
    /// <param name="topic">The topic of results.</param>
    /// <param name="result">The record.</param>
    /// <param name="app">Its app.</param>
    /// <param name="outcome">What became of it, in a word.</param>
    /// <param name="abort">The process ends: what is not acknowledged stays in Kafka.</param>
    /// <returns>Whether there was room.</returns>
    public bool TryAdd(ConsumedPush consumed, string topic, Message<byte[]?, byte[]?> result, string app, string outcome, CancellationToken abort)
    {
        if (Interlocked.Increment(ref _count) > bound)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        consumed.HandOver();
        producer.Produce(topic, result, new Pending(this, consumed, topic, result, app, outcome, _time.GetTimestamp(), abort));
        return true;
    }

    private sealed class Pending(
        PendingResults all,
        ConsumedPush consumed,
        string topic,
        Message<byte[]?, byte[]?> result,
        string app,
        string outcome,
        long since,
        CancellationToken abort) : IProduceListener
    {
        public void Answered(ProduceAnswer answer)
        {
            if (answer.Outcome == ProduceOutcome.Acked)
            {
                all._kafkaMetrics.HandedOff(topic, all._time.GetElapsedTime(since));
                Complete();
            }
            else
            {
                _ = OfferAgainAsync();
            }
        }

        private async Task OfferAgainAsync()
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // away from the thread that serves all answers
            try
            {
                await all._handOff.ProduceAsync(topic, result, abort);
                Complete();
            }
            catch (OperationCanceledException) when (abort.IsCancellationRequested)
            {
                Abandon(); // shutdown: the push stays in Kafka
            }
            catch (Exception e)
            {
                all._faults.Saw(e, consumed, "its offset stays open");
                Abandon();
            }
        }

        private void Complete()
        {
            consumed.Complete();
            Interlocked.Decrement(ref all._count);
            all._metrics.PushSettled(all._lane.Name, app, outcome);
        }

        private void Abandon()
        {
            consumed.AbandonHandedOver();
            Interlocked.Decrement(ref all._count);
        }
    }
}
