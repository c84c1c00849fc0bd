namespace Dispatcher.Cli.Lag;

/// <summary>How far everything is behind, at one moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="Lanes">The lanes' own topics.</param>
/// <param name="Delays">The delay tiers, by the lane that reads them: an upper bound, since each lane reads all tiers and steps over what is another's.</param>
/// <param name="DeadLetters">How many records the dead-letter topics hold, by provider.</param>
/// <param name="OwnersProblem">Why owners are not known; <see langword="null"/> when they are.</param>
internal sealed record LagReading(
    DateTimeOffset At,
    IReadOnlyList<GroupLag> Lanes,
    IReadOnlyList<GroupLag> Delays,
    IReadOnlyDictionary<string, long> DeadLetters,
    string? OwnersProblem)
{
    /// <summary>Partitions that no broker serves, so that nothing is known about them.</summary>
    public int Leaderless { get; init; }

    /// <summary>How long a group's oldest record has waited; <see langword="null"/> when nothing waits, or Kafka did not say.</summary>
    /// <param name="group">The group.</param>
    public TimeSpan? Age(GroupLag group) => Age(group.OldestAt);

    /// <inheritdoc cref="Age(GroupLag)"/>
    /// <param name="oldestAt">When that record was taken; clocks may differ, and nothing is younger than now.</param>
    public TimeSpan? Age(DateTimeOffset? oldestAt) => oldestAt is not { } oldest ? null : At > oldest ? At - oldest : TimeSpan.Zero;
}
