using Confluent.Kafka;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>
/// How far a run is in each partition: up to the first dead letter that Kafka has not acknowledged on its lane. May be used from any thread;
/// what it holds is what is in flight, which the run bounds.
/// </summary>
/// <param name="starts">Where the run begins in each partition.</param>
internal sealed class ReplayWatermarks(IReadOnlyDictionary<TopicPartition, long> starts)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TopicPartition, Line> _lines = starts.ToDictionary(start => start.Key, start => new Line { Position = start.Value });

    /// <summary>A dead letter that is on its way to its lane, or was found there.</summary>
    internal sealed class Step(long offset, int? epoch)
    {
        public long Next { get; set; } = offset + 1;

        /// <summary><see langword="null"/> for one that an earlier run sent.</summary>
        public int? Epoch { get; } = epoch;

        public bool IsDone { get; set; }
    }

    /// <summary>Notes that one leaves. Those of a partition must come in their order.</summary>
    /// <param name="partition">Its partition.</param>
    /// <param name="offset">Its offset.</param>
    /// <param name="epoch">Which of the notes of the lanes' ends is the last that was taken before.</param>
    public Step Begin(TopicPartition partition, long offset, int epoch) => Add(partition, new Step(offset, epoch));

    /// <summary>Notes one that is on its lane since before this run. Until a commit covers it, the lanes have to be asked from as far back as now.</summary>
    /// <param name="partition">Its partition.</param>
    /// <param name="offset">Its offset.</param>
    public void Find(TopicPartition partition, long offset) => End(partition, Add(partition, new Step(offset, epoch: null)));

    private Step Add(TopicPartition partition, Step step)
    {
        lock (_lock)
        {
            var line = _lines[partition];
            line.Steps.Enqueue(step);
            line.Last = step;
            return step;
        }
    }

    /// <summary>Kafka has it.</summary>
    /// <param name="partition">Its partition.</param>
    /// <param name="step">What <see cref="Begin"/> gave.</param>
    public void End(TopicPartition partition, Step step)
    {
        lock (_lock)
        {
            step.IsDone = true;
            var line = _lines[partition];
            while (line.Steps.TryPeek(out var first) && first.IsDone)
                line.Position = line.Steps.Dequeue().Next;
        }
    }

    /// <summary>Everything up to an offset is done with, apart from what is on its way.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="next">The first offset that is not.</param>
    public void Pass(TopicPartition partition, long next)
    {
        lock (_lock)
        {
            var line = _lines[partition];
            if (line.Steps.Count > 0)
                line.Last!.Next = Math.Max(line.Last.Next, next);
            else
                line.Position = Math.Max(line.Position, next);
        }
    }

    /// <summary>How far each partition is; of what is on its way, or behind something that is, the oldest epoch, and whether any was found.</summary>
    public (Dictionary<TopicPartition, long> Positions, int? OldestEpoch, bool HasFound) Read()
    {
        lock (_lock)
        {
            var steps = _lines.Values.SelectMany(line => line.Steps);
            return (_lines.ToDictionary(line => line.Key, line => line.Value.Position), steps.Min(step => step.Epoch), steps.Any(step => step.Epoch is null));
        }
    }

    private sealed class Line
    {
        public Queue<Step> Steps { get; } = new();

        public Step? Last { get; set; }

        public long Position { get; set; }
    }
}
