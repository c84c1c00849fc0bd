using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;
using Dispatcher.Core.Telemetry.Logging;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>How a dead letter is kept.</summary>
internal sealed partial class Settler
{
    private async Task KeepAsync(DeadLetter deadLetter, CancellationToken abort)
    {
        var topic = _topics.DeadLetters(lane.Provider);
        var answer = await handOff.ProduceAsync(topic, deadLetter.ToMessage(), static answer => answer.IsTooLarge, abort);
        if (answer.IsTooLarge)
        {
            using var scope = logger.BeginScope(new PushLogScope(deadLetter.PushId, TraceContext.Current?.TraceId));
            Log.ValueOmitted(
                logger, deadLetter.OriginalTopic, deadLetter.OriginalPartition, deadLetter.OriginalOffset, topic, deadLetter.Value?.Length ?? 0);
            metrics.DeadLetterCut(lane.Name);
            answer = await handOff.ProduceAsync(topic, deadLetter.WithoutValue().ToMessage(), static answer => answer.IsTooLarge, abort);
        }

        if (answer.IsTooLarge)
            await handOff.ProduceAsync(topic, deadLetter.WithoutOriginal().ToMessage(), abort);
        metrics.DeadLettered(lane.Name, DeadLetterReasons.Word(deadLetter.Reason));
    }

    private DeadLetter DeadLetterOf(ConsumedPush consumed, string reason) => new()
    {
        Key = consumed.Key,
        Value = consumed.CopyValue(),
        Headers = consumed.Headers,
        OriginalTopic = consumed.Origin.Topic,
        OriginalPartition = consumed.Origin.Partition,
        OriginalOffset = consumed.Origin.Offset,
        OriginalTimestamp = consumed.Origin.Timestamp,
        ConsumerGroup = _group,
        Provider = lane.Provider == Provider.Apns ? "apns" : "fcm",
        Reason = reason,
        Attempts = consumed.Delay?.Attempts ?? 0,
        FirstFailedAt = consumed.Delay?.FirstFailedAt,
        LastFailedAt = time.GetUtcNow(),
        Worker = worker,
        TraceParent = TraceOf(consumed),
    };
}
