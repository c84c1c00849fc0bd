namespace Dispatcher.Cli.Lag;

/// <summary>How far one group is behind in its topics.</summary>
/// <param name="Lane">The lane that it serves.</param>
/// <param name="Group">Its name.</param>
/// <param name="Partitions">The partitions of its topics; none where no topic exists.</param>
internal sealed record GroupLag(string Lane, string Group, IReadOnlyList<PartitionLag> Partitions)
{
    public long Lag => Partitions.Sum(partition => partition.Lag);

    public long Lost => Partitions.Sum(partition => partition.Lost);

    /// <summary>Partitions with something in them to do.</summary>
    public int Behind => Partitions.Count(partition => partition.Lag > 0);

    /// <summary>When the oldest record that is not settled was taken.</summary>
    public DateTimeOffset? OldestAt => Partitions.Min(partition => partition.OldestAt);

    /// <summary>Workers that have partitions; <see langword="null"/> where Kafka does not say.</summary>
    /// <param name="isKnown">Whether Kafka said who has what.</param>
    public int? Workers(bool isKnown) =>
        isKnown ? Partitions.Select(partition => partition.Owner).OfType<string>().Distinct(StringComparer.Ordinal).Count() : null;
}
