using Confluent.Kafka;
using Dispatcher.Core.Kafka.Backlogs;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Core.Kafka;

/// <summary>
/// Puts the pushes of one request onto their lanes and answers when Kafka has answered for each. Bounded: above four fifths of the
/// producer's queue a request is refused whole, before any of its records is produced.
/// </summary>
/// <param name="producer">The process's producer.</param>
/// <param name="topics">The names of the lanes' topics.</param>
/// <param name="backlog">Refuses what goes to a lane that has too much waiting; without one nothing is refused for that.</param>
public sealed class PushPublisher(RecordProducer producer, TopicNames topics, BacklogGuard? backlog = null)
{
    private const long MaxRecords = ProducerSettings.QueueRecords * 4L / 5;
    private const long MaxBytes = ProducerSettings.QueueBytes * 4L / 5;

    private long _records;
    private long _bytes;

    /// <summary>Publishes the pushes of one request.</summary>
    /// <param name="pushes">Each with the lane it goes to.</param>
    /// <param name="marks">What tells repetitions, for each push; <see langword="null"/> when none of them can be one.</param>
    public async Task<PublishAnswer> PublishAsync(
        IReadOnlyList<(PushNotification Push, Lane Lane)> pushes, IReadOnlyList<RepeatMark?>? marks = null)
    {
        var values = Encode(pushes);
        var bytes = values.Sum(static value => (long)value.Length);
        if (!TryReserve(values.Length, bytes))
            return PublishAnswer.QueueFull;
        var entry = backlog?.TryEnter(pushes, values) ?? default;
        if (entry.Full is { } full)
        {
            Release(values.Length, bytes);
            return new PublishAnswer([]) { FullLane = full };
        }

        ProduceAnswer[]? answers = null;
        using var span = PublishTraces.Publishing(TopicOfAll(pushes), pushes.Count);
        try
        {
            var trace = TraceContext.Current;
            var acks = new Task<ProduceAnswer>[values.Length];
            for (var i = 0; i < acks.Length; i++)
                acks[i] = producer.ProduceAsync(topics.Pushes(pushes[i].Lane), Message(values[i], marks?[i], trace));
            answers = await Task.WhenAll(acks);
            if (span is not null && Array.Find(answers, answer => answer.Outcome != ProduceOutcome.Acked) is { Outcome: not ProduceOutcome.Acked } refusal)
                PublishTraces.NotAcknowledged(span, refusal.Code.ToString());
            return new PublishAnswer(answers);
        }
        finally
        {
            if (entry.IsCounted)
                backlog!.Leave(pushes, values, answers);
            Release(values.Length, bytes);
        }
    }

    /// <summary>Publishes a push whose record is there already: one that is sent again.</summary>
    /// <param name="lane">The lane it goes to.</param>
    /// <param name="record">Its record.</param>
    /// <returns>Kafka's answer; refused as <see cref="ErrorCode.Local_QueueFull"/> while too much is on its way.</returns>
    public async Task<ProduceAnswer> PublishAsync(Lane lane, Message<byte[]?, byte[]?> record)
    {
        var bytes = (record.Key?.Length ?? 0) + (record.Value?.Length ?? 0);
        if (!TryReserve(1, bytes))
            return new ProduceAnswer(ProduceOutcome.Refused, ErrorCode.Local_QueueFull);
        try
        {
            return await producer.ProduceAsync(topics.Pushes(lane), record);
        }
        finally
        {
            Release(1, bytes);
        }
    }

    private string? TopicOfAll(IReadOnlyList<(PushNotification Push, Lane Lane)> pushes)
    {
        for (var i = 1; i < pushes.Count; i++)
        {
            if (pushes[i].Lane != pushes[0].Lane)
                return null;
        }

        return pushes.Count > 0 ? topics.Pushes(pushes[0].Lane) : null;
    }

    private static Message<byte[]?, byte[]?> Message(byte[] value, RepeatMark? mark, TraceContext? trace)
    {
        var message = mark?.ToMessage(value) ?? new Message<byte[]?, byte[]?> { Value = value };
        if (trace is { } sampled)
            TraceHeaders.Put(message.Headers ??= [], sampled);
        return message;
    }

    private static byte[][] Encode(IReadOnlyList<(PushNotification Push, Lane Lane)> pushes)
    {
        var values = new byte[pushes.Count][];
        for (var i = 0; i < values.Length; i++)
            values[i] = PushJson.Encode(pushes[i].Push);
        return values;
    }

    private bool TryReserve(int records, long bytes)
    {
        if (Interlocked.Add(ref _records, records) <= MaxRecords & Interlocked.Add(ref _bytes, bytes) <= MaxBytes)
            return true;
        Release(records, bytes);
        return false;
    }

    private void Release(int records, long bytes)
    {
        Interlocked.Add(ref _records, -records);
        Interlocked.Add(ref _bytes, -bytes);
    }
}
