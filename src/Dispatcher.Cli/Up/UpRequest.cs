namespace Dispatcher.Cli.Up;

/// <summary>What <c>dispatcher up</c> shall start.</summary>
internal sealed record UpRequest
{
    public int Workers { get; init; } = 1;

    public int Port { get; init; } = 8080;

    /// <summary>How long the simulated providers take to answer.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Whether APNs and FCM are simulated; if not, the workers call the real ones.</summary>
    public bool SimulateProviders { get; init; } = true;

    /// <summary>The brokers of a real cluster, or <see langword="null"/> for in-memory Kafka.</summary>
    public string? Kafka { get; init; }

    public int? Partitions { get; init; }

    public int? Replication { get; init; }

    /// <summary>A folder of app files to use instead of the samples.</summary>
    public string? AppsFolder { get; init; }

    public string TopicPrefix { get; init; } = Core.Kafka.TopicNames.DefaultPrefix;

    /// <summary>Whether everything that the children print is shown.</summary>
    public bool Verbose { get; init; }

    /// <summary>
    /// Partitions per topic. In-memory Kafka holds 5 MiB in each and then drops the oldest, so there it takes many to hold a backlog.
    /// </summary>
    public int PartitionCount => Partitions ?? (Kafka is null ? 32 : 12);
}
