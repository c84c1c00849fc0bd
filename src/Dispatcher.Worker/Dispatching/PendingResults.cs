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
    private readonly Lock _resting = new();
    private Pending? _rested; // those that pend nothing now, each with the next: at most as many as ever pended at once
    private int _count;

    /// <summary>Produces a result; acknowledged, the push's offset completes.</summary>
    /// <param name="consumed">The push. It is handed over if the answer is yes.</param>
    /// <param name="topic">The topic of results.</param>
    /// <param name="result">The record's value; the caller's again when this returns.</param>
    /// <param name="headers">The record's headers.</param>
    /// <param name="app">Its app.</param>
    /// <param name="outcome">What became of it, in a word.</param>
    /// <param name="abort">The process ends: what is not acknowledged stays in Kafka.</param>
    /// <returns>Whether there was room.</returns>
    public bool TryAdd(
        ConsumedPush consumed, string topic, ReadOnlySpan<byte> result, Headers? headers, string app, string outcome, CancellationToken abort)
    {
        if (Interlocked.Increment(ref _count) > bound)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        consumed.HandOver();
        var pending = Wake();
        pending.Push = new(consumed, topic, headers, app, outcome, _time.GetTimestamp(), abort);
        producer.Produce(topic, key: default, result, headers, pending);
        return true;
    }

    private Pending Wake()
    {
        lock (_resting)
        {
            if (_rested is not { } pending)
                return new Pending(this);
            (_rested, pending.Next) = (pending.Next, null);
            return pending;
        }
    }

    private void Rest(Pending pending)
    {
        pending.Push = default;
        lock (_resting)
            (pending.Next, _rested) = (_rested, pending);
    }

    /// <summary>A push that waits for its result's acknowledgement.</summary>
    private readonly record struct Waiting(
        ConsumedPush Consumed, string Topic, Headers? Headers, string App, string Outcome, long Since, CancellationToken Abort);

    /// <summary>Waits for one result after the other, of which there are as many as pushes.</summary>
    private sealed class Pending(PendingResults all) : IProduceListener
    {
        public Pending? Next { get; set; }

        public Waiting Push { get; set; }

        public void Answered(ProduceAnswer answer, ReadOnlySpan<byte> value)
        {
            var push = Push;
            all.Rest(this);
            if (answer.Outcome == ProduceOutcome.Acked)
                all.Acked(push);
            else
                _ = all.OfferAgainAsync(push, new Message<byte[]?, byte[]?> { Value = value.ToArray(), Headers = push.Headers });
        }
    }

    private void Acked(in Waiting push)
    {
        _kafkaMetrics.HandedOff(push.Topic, _time.GetElapsedTime(push.Since));
        Complete(push);
    }

    private async Task OfferAgainAsync(Waiting push, Message<byte[]?, byte[]?> result)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // away from the thread that serves all answers
        try
        {
            await _handOff.ProduceAsync(push.Topic, result, push.Abort);
            Complete(push);
        }
        catch (OperationCanceledException) when (push.Abort.IsCancellationRequested)
        {
            Abandon(push); // shutdown: the push stays in Kafka
        }
        catch (Exception e)
        {
            _faults.Saw(e, push.Consumed, "its offset stays open");
            Abandon(push);
        }
    }

    private void Complete(in Waiting push)
    {
        push.Consumed.Complete();
        Interlocked.Decrement(ref _count);
        _metrics.PushSettled(_lane.Name, push.App, push.Outcome);
    }

    private void Abandon(in Waiting push)
    {
        push.Consumed.AbandonHandedOver();
        Interlocked.Decrement(ref _count);
    }
}
