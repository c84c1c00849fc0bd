namespace Dispatcher.Bench;

/// <summary>What is measured, and how long.</summary>
internal sealed record BenchOptions
{
    /// <summary>The groups that there are, in the order in which they run.</summary>
    public static readonly string[] Groups = ["worker", "api", "latency", "memory", "scaling", "start", "growth"];

    public required IReadOnlyCollection<string> Only { get; init; }

    /// <summary>How often each figure is taken, in turn with those that it is compared with.</summary>
    public required int Runs { get; init; }

    /// <summary>Pushes of a drained backlog.</summary>
    public required int Pushes { get; init; }

    /// <summary>Backlogs with which a worker's memory is looked at.</summary>
    public required IReadOnlyList<int> Backlogs { get; init; }

    /// <summary>How long a rate is measured, after a third of it to warm up.</summary>
    public required TimeSpan Stretch { get; init; }

    /// <summary>What providers are said to take to answer, where that matters.</summary>
    public static TimeSpan ProviderLatency { get; } = TimeSpan.FromMilliseconds(60);

    /// <summary>The brokers of a real cluster; <see langword="null"/> for in-memory Kafka.</summary>
    public string? Kafka { get; init; }

    public bool Has(string group) => Only.Count == 0 || Only.Contains(group);
}
