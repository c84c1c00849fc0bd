using System.Text;
using Confluent.Kafka;

namespace Dispatcher.Core.Kafka;

/// <summary>Writes which pushes are for later, and which of them are not to be sent after all.</summary>
/// <param name="producer">The process's producer.</param>
/// <param name="topics">The names of the topics.</param>
public sealed class SchedulePublisher(RecordProducer producer, TopicNames topics)
{
    /// <summary>Makes pushes known, so that they can be cancelled. Comes before the pushes: what was answered with 202 is known then.</summary>
    /// <param name="pushes">The pushes of one request.</param>
    public Task<ProduceAnswer> AnnounceAsync(ScheduledPushes pushes) => ProduceAsync(topics.Scheduled, pushes);

    /// <summary>Cancels pushes, all of them or none: it is one record.</summary>
    /// <param name="pushes">The pushes.</param>
    public Task<ProduceAnswer> CancelAsync(ScheduledPushes pushes) => ProduceAsync(topics.Cancels, pushes);

    private Task<ProduceAnswer> ProduceAsync(string topic, ScheduledPushes pushes) => producer.ProduceAsync(
        topic, new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(pushes.Id.ToString()), Value = pushes.ToJson() });
}
