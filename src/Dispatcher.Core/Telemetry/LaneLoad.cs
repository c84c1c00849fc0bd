namespace Dispatcher.Core.Telemetry;

/// <summary>How a lane of a worker stands at a moment.</summary>
public readonly record struct LaneLoad
{
    /// <summary>Pushes that are being worked on.</summary>
    public int InFlight { get; init; }

    /// <summary>Pushes that wait in the lane's queue.</summary>
    public int Queued { get; init; }

    /// <summary>Their bytes.</summary>
    public long QueueBytes { get; init; }

    /// <summary>Partitions of the lane's topic that the worker has.</summary>
    public int Partitions { get; init; }

    /// <summary>Records of these partitions from the watermark to the end.</summary>
    public long Lag { get; init; }

    /// <summary>The largest distance between a partition's watermark and its newest record in the worker.</summary>
    public long Span { get; init; }

    /// <summary>Pushes that wait in delay tiers, of those that the worker has read ahead.</summary>
    public int Delayed { get; init; }

    /// <summary>The age of the oldest push that is not settled; zero when all is.</summary>
    public TimeSpan OldestUnsettled { get; init; }
}
