namespace Dispatcher.Worker.Consuming;

/// <summary>How a pump's partitions stand, as its thread last saw it; for whoever observes.</summary>
internal sealed record PumpState
{
    /// <summary>That of a pump without a consumer.</summary>
    public static readonly PumpState None = new();

    /// <summary>Partitions that are assigned.</summary>
    public int Partitions { get; init; }

    /// <summary>Records from the watermarks to the ends, as far as the ends are known.</summary>
    public long Lag { get; init; }

    /// <summary>The largest distance between a watermark and the newest record here.</summary>
    public long Span { get; init; }

    /// <summary>From when the oldest record is that is not settled; of one that waits in a delay tier, when it leaves it. <see langword="null"/> when all is settled.</summary>
    public DateTimeOffset? OldestAt { get; init; }

    /// <summary>Why partitions are paused, all of them together.</summary>
    public PauseReasons Paused { get; init; }

    /// <summary>The moment since which something settled waits for a commit, or that of the last one if that is later; <see langword="null"/> when nothing does.</summary>
    public long? UncommittedSince { get; init; }
}
