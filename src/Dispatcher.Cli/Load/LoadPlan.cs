using Dispatcher.Cli.Session;

namespace Dispatcher.Cli.Load;

/// <summary>How much, how fast and to whom.</summary>
internal sealed record LoadPlan
{
    /// <summary>Pushes altogether.</summary>
    public required int Count { get; init; }

    /// <summary>Pushes a second, or <see langword="null"/> for as fast as it goes.</summary>
    public required double? Rate { get; init; }

    /// <summary>Pushes in one request.</summary>
    public required int Targets { get; init; }

    /// <summary>Whether requests go many at a time, as lines of a batch.</summary>
    public bool Batch { get; init; }

    /// <summary>HTTP requests at once.</summary>
    public required int Concurrency { get; init; }

    /// <summary>The share of pushes whose device is gone.</summary>
    public required double Dead { get; init; }

    /// <summary>Whom the pushes go to, in turn.</summary>
    public required IReadOnlyList<SessionApp> Apps { get; init; }

    public int Requests => (Count + Targets - 1) / Targets;

    /// <summary>When a request is due, counted from the start.</summary>
    /// <param name="request">Which, from 0.</param>
    public TimeSpan DueAfter(int request) => Rate is { } rate ? TimeSpan.FromSeconds((double)request * Targets / rate) : TimeSpan.Zero;

    /// <summary>The targets of a request; the last may have fewer than the others.</summary>
    /// <param name="request">Which, from 0.</param>
    public int TargetsOf(int request) => Math.Min(Targets, Count - (request * Targets));

    /// <summary>Whether a push goes to a device that is gone; they are spread evenly.</summary>
    /// <param name="push">Which, from 0.</param>
    public bool IsDead(int push) => Math.Floor((push + 1) * Dead) > Math.Floor(push * Dead);
}
