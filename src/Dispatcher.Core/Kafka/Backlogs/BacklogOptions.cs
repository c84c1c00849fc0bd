using Dispatcher.Core.Configuration;

namespace Dispatcher.Core.Kafka.Backlogs;

/// <summary>How much may wait on a lane before the API takes no more for it: the section <c>Backlog</c>.</summary>
[Live]
public sealed class BacklogOptions
{
    /// <summary>Pushes of a lane that no worker has settled, 1,000 to 10,000,000,000; no bound by default.</summary>
    public long? MaxPushes { get; set; }

    /// <summary>
    /// Bytes that no worker has settled in the fullest partition of a lane, 1,048,576 to 1 TiB; no bound by default. Kafka drops what is
    /// beyond a topic's <c>retention.bytes</c>, which counts per partition, read or not.
    /// </summary>
    public long? MaxPartitionBytes { get; set; }

    /// <summary>At which share of both bounds bulk is refused already, 0.05 to 1. Default: 0.5.</summary>
    public double BulkShare { get; set; } = 0.5;

    /// <summary>How often the API asks Kafka how far the workers are, 0.1 s to 1 min. Default: 1 s.</summary>
    public TimeSpan LookInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether there is any bound.</summary>
    public bool IsBounded => MaxPushes is not null || MaxPartitionBytes is not null;

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        if (MaxPushes is < 1000 or > 10_000_000_000)
            yield return $"Backlog:MaxPushes {MaxPushes} must be 1,000 to 10,000,000,000.";
        if (MaxPartitionBytes is < 1_048_576 or > 1L << 40)
            yield return $"Backlog:MaxPartitionBytes {MaxPartitionBytes} must be 1,048,576 to 1,099,511,627,776.";
        if (!(BulkShare is >= 0.05 and <= 1))
            yield return $"Backlog:BulkShare {BulkShare} must be 0.05 to 1.";
        if (LookInterval < TimeSpan.FromSeconds(0.1) || LookInterval > TimeSpan.FromMinutes(1))
            yield return $"Backlog:LookInterval {LookInterval} must be 0.1 s to 1 min.";
    }
}
