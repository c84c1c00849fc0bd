namespace Dispatcher.Api.Pushes;

/// <summary>What the API remembers of requests that have a key: the section <c>Idempotency</c>.</summary>
internal sealed class IdempotencyOptions
{
    /// <summary>
    /// Keys that are remembered, 0 to 10,000,000, some 100 bytes each; with one more, the oldest is forgotten. 0 remembers none, and leaves
    /// repetitions to the workers. Default: 100,000.
    /// </summary>
    public int Keys { get; set; } = 100_000;

    /// <summary>How long a key is remembered, 1 min to 7 days. Default: 24 h.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromHours(24);

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        if (Keys is < 0 or > 10_000_000)
            yield return $"Idempotency:Keys {Keys} must be 0 to 10000000.";
        if (Window < TimeSpan.FromMinutes(1) || Window > TimeSpan.FromDays(7))
            yield return $"Idempotency:Window {Window} must be 1 min to 7 days.";
    }
}
