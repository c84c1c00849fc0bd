using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Dispatcher.Core.Kafka;

/// <content>What else can be asked over the producer's connections.</content>
public sealed partial class RecordProducer
{
    /// <summary>Asks Kafka where partitions end, without blocking.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="deadline">How long Kafka may take.</param>
    /// <returns>The first offset of each that does not exist; nothing of a partition that Kafka gives none for.</returns>
    /// <exception cref="KafkaException">Kafka does not say.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> EndsAsync(IReadOnlyCollection<TopicPartition> partitions, TimeSpan deadline)
    {
        var incarnation = Volatile.Read(ref _current);
        if (!incarnation.TryHold())
            throw new KafkaException(ErrorCode.Local_Destroy); // replaced a moment ago, or the end
        try
        {
            using var client = new DependentAdminClientBuilder(incarnation.Producer.Handle).Build();
            // Forced, because the client's own thread brings the answer, and disposing the client waits for that thread.
            var answer = await client.ListOffsetsAsync(
                partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = OffsetSpec.Latest() }),
                new ListOffsetsOptions { RequestTimeout = deadline }).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            return answer.ResultInfos.Select(info => info.TopicPartitionOffsetError)
                .Where(end => !end.Error.IsError)
                .ToDictionary(end => end.TopicPartition, end => end.Offset.Value);
        }
        finally
        {
            incarnation.Release();
        }
    }
}
