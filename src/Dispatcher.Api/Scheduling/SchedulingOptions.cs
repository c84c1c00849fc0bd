namespace Dispatcher.Api.Scheduling;

/// <summary>Pushes for later: the section <c>Scheduling</c>.</summary>
internal sealed class SchedulingOptions
{
    /// <summary>
    /// Scheduled pushes that can be cancelled, 1,000 to 20,000,000; each takes some 120 bytes. Beyond it, those that are due first cannot be. Default: 1,000,000.
    /// </summary>
    public int MaxCancellable { get; set; } = 1_000_000;

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        if (MaxCancellable is < 1_000 or > 20_000_000)
            yield return $"Scheduling:MaxCancellable {MaxCancellable} must be 1000 to 20000000.";
    }
}
