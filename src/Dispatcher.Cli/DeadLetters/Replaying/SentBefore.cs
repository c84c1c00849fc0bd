using Confluent.Kafka;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>
/// Dead letters that are on their lanes and in no commit. As many as a run sends between two commits, and a little more. May be used from any thread.
/// </summary>
internal sealed class SentBefore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TopicPartition, (HashSet<long> Offsets, long First, long End)> _sent = [];

    public int Count { get; private set; }

    public void Add(RecordPlace place)
    {
        lock (_lock)
        {
            var partition = new TopicPartition(place.Topic, place.Partition);
            var (offsets, first, end) = _sent.GetValueOrDefault(partition, ([], long.MaxValue, 0));
            if (offsets.Add(place.Offset))
                Count++;
            _sent[partition] = (offsets, Math.Min(first, place.Offset), Math.Max(end, place.Offset + 1));
        }
    }

    public bool Contains(TopicPartitionOffset place)
    {
        lock (_lock)
            return _sent.TryGetValue(place.TopicPartition, out var sent) && sent.Offsets.Contains(place.Offset);
    }

    /// <summary>Forgets one: a commit will have it.</summary>
    public void Remove(TopicPartitionOffset place)
    {
        lock (_lock)
        {
            if (_sent.TryGetValue(place.TopicPartition, out var sent) && sent.Offsets.Remove(place.Offset))
                Count--;
        }
    }

    /// <summary>Forgets all: the run has passed every dead letter there is.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            foreach (var (offsets, _, _) in _sent.Values)
                offsets.Clear();
            Count = 0;
        }
    }

    /// <summary>From the first to behind the last of a partition, forgotten ones included; empty where there was none.</summary>
    public (long First, long End) Span(TopicPartition partition)
    {
        lock (_lock)
            return _sent.TryGetValue(partition, out var sent) ? (sent.First, sent.End) : (0, 0);
    }
}
