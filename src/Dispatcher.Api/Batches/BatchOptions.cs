namespace Dispatcher.Api.Batches;

/// <summary>What batches may take: the section <c>Batches</c>.</summary>
internal sealed class BatchOptions
{
    /// <summary>Batches at once, 1 to 10,000; one more is told to come back. Default: 64.</summary>
    public int MaxConcurrent { get; set; } = 64;

    /// <summary>
    /// Pushes of one batch that Kafka has not acknowledged yet or whose results are not written, 1,000 (one full line) to 50,000; when
    /// there are so many, no more of the batch is read. Default: 5,000.
    /// </summary>
    public int MaxInFlight { get; set; } = 5000;

    /// <summary>
    /// How long no whole line may come while the caller waits for no result, 1 s to 5 min; the batch ends then, or at the latest after
    /// twice that. Default: 30 s.
    /// </summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long results may wait for a caller that does not read them, 1 s to 5 min. Default: 30 s.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        if (MaxConcurrent is < 1 or > 10_000)
            yield return $"Batches:MaxConcurrent {MaxConcurrent} must be 1 to 10,000.";
        if (MaxInFlight is < 1000 or > 50_000)
            yield return $"Batches:MaxInFlight {MaxInFlight} must be 1,000 to 50,000.";
        if (ReadTimeout < TimeSpan.FromSeconds(1) || ReadTimeout > TimeSpan.FromMinutes(5))
            yield return $"Batches:ReadTimeout {ReadTimeout} must be 1 s to 5 min.";
        if (WriteTimeout < TimeSpan.FromSeconds(1) || WriteTimeout > TimeSpan.FromMinutes(5))
            yield return $"Batches:WriteTimeout {WriteTimeout} must be 1 s to 5 min.";
    }
}
