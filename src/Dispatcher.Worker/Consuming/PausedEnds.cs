using Confluent.Kafka;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Worker.Consuming;

/// <summary>Asks where a partition ends.</summary>
/// <param name="partitions">The partitions.</param>
internal delegate Task<IReadOnlyDictionary<TopicPartition, long>> AskEnds(IReadOnlyCollection<TopicPartition> partitions);

/// <summary>
/// Where paused partitions end. A fetch tells where a partition ends, and nothing is fetched from a paused one, so that its backlog would seem
/// to stand still just when it grows. The pump's thread asks, never waits, and uses the last answer.
/// </summary>
internal sealed class PausedEnds(string pump, AskEnds ask, TimeProvider time, KafkaMetrics metrics)
{
    /// <summary>How often is asked while anything is paused.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private volatile IReadOnlyDictionary<TopicPartition, long> _ends = new Dictionary<TopicPartition, long>();
    private Task _asking = Task.CompletedTask;
    private long? _askedAt;

    /// <summary>Where a partition ended when that was last learnt; -1 when it is not known.</summary>
    /// <param name="partition">The partition.</param>
    public long Of(TopicPartition partition) => _ends.GetValueOrDefault(partition, -1);

    /// <summary>Asks, if it is time to.</summary>
    /// <param name="paused">The partitions that are paused.</param>
    public void Look(IEnumerable<TopicPartition> paused)
    {
        if (!_asking.IsCompleted || (_askedAt is { } at && time.GetElapsedTime(at) < Interval))
            return;
        TopicPartition[] partitions = [.. paused];
        _askedAt = time.GetTimestamp();
        if (partitions.Length > 0)
            _asking = LearnAsync(partitions);
    }

    private async Task LearnAsync(TopicPartition[] partitions)
    {
        try
        {
            _ends = await ask(partitions);
        }
        catch (KafkaException e)
        {
            metrics.EndsNotLearnt(pump, e.Error.Code.ToString()); // what was known stays
        }
    }
}
