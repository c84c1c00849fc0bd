using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>
/// The results of a lane that Kafka has not acknowledged yet, and for which no dispatch loop waits. Bound: as many as the lane works on at once;
/// when there are so many, <see cref="TryAdd"/> says no and the loop waits for its own.
/// </summary>
internal sealed class PendingResults(
    Lane lane, int bound, HandOff handOff, DispatchMetrics metrics, Faults faults, TimeProvider time)
{
    private int _count;

    /// <summary>Produces a result; acknowledged, the push's offset completes.</summary>
    /// <param name="consumed">The push. It is handed over if the answer is yes.</param>
    /// <param name="topic">The topic of results.</param>
    /// <param name="result">The record.</param>
    /// <param name="app">Its app.</param>
    /// <param name="outcome">What became of it, in a word.</param>
    /// <param name="abort">The process ends.</param>
    /// <returns>Whether there was room.</returns>
    public bool TryAdd(ConsumedPush consumed, string topic, Message<byte[]?, byte[]?> result, string app, string outcome, CancellationToken abort)
    {
        if (Interlocked.Increment(ref _count) > bound)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        consumed.HandOver();
        handOff.Produce(topic, result, new PendingResult(consumed, topic, result, app, outcome, this, time.GetTimestamp(), abort));
        return true;
    }

    /// <summary>Kafka has answered.</summary>
    /// <param name="pending">Which result.</param>
    /// <param name="answer">The answer.</param>
    public void Answered(PendingResult pending, ProduceAnswer answer)
    {
        if (answer.Outcome == ProduceOutcome.Acked)
        {
            handOff.Acked(pending.Topic, pending.Since);
            Complete(pending);
        }
        else
        {
            _ = OfferAgainAsync(pending);
        }
    }

    private async Task OfferAgainAsync(PendingResult pending)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // away from the thread that serves all answers
        try
        {
            await handOff.ProduceAsync(pending.Topic, pending.Result, pending.Abort);
            Complete(pending);
        }
        catch (OperationCanceledException) when (pending.Abort.IsCancellationRequested)
        {
            Abandon(pending); // shutdown: the push stays in Kafka
        }
        catch (Exception e)
        {
            faults.Saw(e, pending.Consumed, "its offset stays open");
            Abandon(pending);
        }
    }

    private void Complete(PendingResult pending)
    {
        pending.Consumed.Complete();
        Interlocked.Decrement(ref _count);
        metrics.PushSettled(lane.Name, pending.App, pending.Outcome);
    }

    private void Abandon(PendingResult pending)
    {
        pending.Consumed.AbandonHandedOver();
        Interlocked.Decrement(ref _count);
    }
}
