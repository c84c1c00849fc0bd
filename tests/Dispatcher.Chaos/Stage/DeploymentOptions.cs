namespace Dispatcher.Chaos.Stage;

/// <summary>What is deployed. The defaults make a small system that is done with everything quickly.</summary>
internal sealed record DeploymentOptions
{
    public int Workers { get; init; } = 1;

    /// <summary>How long a provider takes to answer.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Partitions of each lane and delay tier.</summary>
    public int Partitions { get; init; } = 6;

    /// <summary>Partitions of each topic that workers report to. In-memory Kafka drops the oldest of a partition above 5 MiB.</summary>
    public int ReportPartitions { get; init; } = 1;

    /// <summary>After how long a silence Kafka takes a worker for dead. A rebalance of in-memory Kafka takes a second less.</summary>
    public TimeSpan Session { get; init; } = TimeSpan.FromSeconds(3);

    public int Brokers { get; init; } = 1;

    /// <summary>Answers that the simulator's ledger keeps.</summary>
    public int LedgerCapacity { get; init; } = 200_000;

    public string DelayTiers { get; init; } = "1s,2s";

    /// <summary>Where FCM is for workers; <see langword="null"/>: where the simulator has it.</summary>
    public Func<Simulator, string>? FcmEndpoint { get; init; }

    /// <summary>More apps, each with the key of one of the two that are always there.</summary>
    public IReadOnlyDictionary<string, string> MoreApps { get; init; } = new Dictionary<string, string>();

    /// <summary>Arguments of the API and of each worker.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>What the API is set to besides.</summary>
    public IReadOnlyDictionary<string, string> ApiSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>What workers are set to besides.</summary>
    public IReadOnlyDictionary<string, string> WorkerSettings { get; init; } = new Dictionary<string, string>();
}
