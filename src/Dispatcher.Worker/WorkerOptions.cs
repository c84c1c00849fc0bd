namespace Dispatcher.Worker;

/// <summary>How much a worker takes on at once: the section <c>Worker</c>.</summary>
internal sealed class WorkerOptions
{
    /// <summary>Pushes that a lane works on at once, 1 to 20,000. Default: 1,000.</summary>
    public int MaxInFlight { get; set; } = 1_000;

    /// <summary>Pushes that wait in a lane's queue, 1 to 100,000. Default: 2,000.</summary>
    public int QueuePushes { get; set; } = 2_000;

    /// <summary>Bytes that wait in a lane's queue, 64 KiB to 1 GiB. Default: 16 MiB.</summary>
    public long QueueBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// Cancelled pushes that a worker knows, 1,000 to 20,000,000; each takes some 110 bytes. Beyond it, those that are due first are sent. Default: 1,000,000.
    /// </summary>
    public int MaxCancelled { get; set; } = 1_000_000;

    /// <summary>How long a shutdown waits for pushes in flight, 1 s to 5 min. Default: 25 s, above the attempt timeout's default.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a rebalance waits for pushes in flight on the partitions that go, 0 to 30 s. Default: 5 s.</summary>
    public TimeSpan RevokeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often finished offsets are stored for the next commit, 50 ms to 5 s. Default: 200 ms.</summary>
    public TimeSpan StoreInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Whether commits also say what is settled beyond the offset, so that after a crash only the last interval is sent again. Default: no,
    /// until it has run against a real cluster for long.
    /// </summary>
    public bool SparseCommits { get; set; }

    /// <summary>
    /// Idempotency keys that are remembered of each partition of a lane, 0 to 1,000,000, some 45 bytes each; with one more, the oldest is
    /// forgotten. After a rebalance as many records are read back. 0 sends every repetition. Default: 20,000.
    /// </summary>
    public int RepeatKeys { get; set; } = 20_000;

    /// <summary>How long after a push its repetition is not sent, 1 min to 7 days. Default: 24 h.</summary>
    public TimeSpan RepeatWindow { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long a partition waits for what is read back, 1 s to 2 min; after that, repetitions are sent. Default: 10 s.</summary>
    public TimeSpan RepeatTailTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        if (MaxInFlight is < 1 or > 20_000)
            yield return $"Worker:MaxInFlight {MaxInFlight} must be 1 to 20000.";
        if (QueuePushes is < 1 or > 100_000)
            yield return $"Worker:QueuePushes {QueuePushes} must be 1 to 100000.";
        if (QueueBytes is < 64 * 1024 or > 1024 * 1024 * 1024)
            yield return $"Worker:QueueBytes {QueueBytes} must be 65536 to 1073741824.";
        if (MaxCancelled is < 1_000 or > 20_000_000)
            yield return $"Worker:MaxCancelled {MaxCancelled} must be 1000 to 20000000.";
        if (DrainTimeout < TimeSpan.FromSeconds(1) || DrainTimeout > TimeSpan.FromMinutes(5))
            yield return $"Worker:DrainTimeout {DrainTimeout} must be 1 s to 5 min.";
        if (RevokeTimeout < TimeSpan.Zero || RevokeTimeout > TimeSpan.FromSeconds(30))
            yield return $"Worker:RevokeTimeout {RevokeTimeout} must be 0 to 30 s.";
        if (StoreInterval < TimeSpan.FromMilliseconds(50) || StoreInterval > TimeSpan.FromSeconds(5))
            yield return $"Worker:StoreInterval {StoreInterval} must be 50 ms to 5 s.";
        if (RepeatKeys is < 0 or > 1_000_000)
            yield return $"Worker:RepeatKeys {RepeatKeys} must be 0 to 1000000.";
        if (RepeatWindow < TimeSpan.FromMinutes(1) || RepeatWindow > TimeSpan.FromDays(7))
            yield return $"Worker:RepeatWindow {RepeatWindow} must be 1 min to 7 days.";
        if (RepeatTailTimeout < TimeSpan.FromSeconds(1) || RepeatTailTimeout > TimeSpan.FromMinutes(2))
            yield return $"Worker:RepeatTailTimeout {RepeatTailTimeout} must be 1 s to 2 min.";
    }
}
