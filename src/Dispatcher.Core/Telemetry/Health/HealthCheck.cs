namespace Dispatcher.Core.Telemetry.Health;

/// <summary>How well something is, from best to worst.</summary>
public enum HealthStatus
{
    /// <summary>Well.</summary>
    Pass,

    /// <summary>It works, and somebody should look.</summary>
    Warn,

    /// <summary>It does not work.</summary>
    Fail,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">What and which measure of it, as the draft has it: <c>kafka:connectivity</c>.</param>
/// <param name="ComponentId">Which one, where there are several.</param>
/// <param name="Status">How it is.</param>
/// <param name="Output">What is wrong, in words; nothing where nothing is.</param>
public sealed record HealthCheck(string Name, string? ComponentId, HealthStatus Status, string? Output = null)
{
    /// <summary>What was measured.</summary>
    public double? ObservedValue { get; init; }

    /// <summary>In which unit.</summary>
    public string? ObservedUnit { get; init; }

    /// <summary>What else is known; times are ISO 8601, durations seconds. What is <see langword="null"/> is left out.</summary>
    public IReadOnlyList<(string Name, object? Value)> Details { get; init; } = [];
}
