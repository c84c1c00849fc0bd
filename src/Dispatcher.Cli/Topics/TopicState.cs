using System.Globalization;

namespace Dispatcher.Cli.Topics;

/// <summary>A topic as it is.</summary>
/// <param name="Name">The topic.</param>
/// <param name="Partitions">How many it has.</param>
/// <param name="Replicas">Copies of the partition that has the fewest.</param>
/// <param name="InSync">Copies that are up to date, of the partition that has the fewest.</param>
/// <param name="Leaderless">Partitions that nobody serves.</param>
internal sealed record TopicState(string Name, int Partitions, int Replicas, int InSync, int Leaderless)
{
    /// <summary>Its settings by Kafka's names; <see langword="null"/> where the broker does not tell them.</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    public string? Setting(string name) => Settings?.GetValueOrDefault(name);

    /// <summary>A setting that is a number; <see langword="null"/> where it is not known.</summary>
    /// <param name="name">The setting.</param>
    public long? Number(string name) =>
        long.TryParse(Setting(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
