using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;

namespace Dispatcher.Cli.Up;

/// <summary>What has happened since <c>up</c> started, at one moment.</summary>
internal sealed record Figures
{
    /// <summary>When they were read.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Pushes that Kafka has taken.</summary>
    public long Accepted { get; init; }

    /// <summary>Pushes that no worker has committed yet.</summary>
    public long Lag { get; init; }

    public long DeadLetters { get; init; }

    /// <summary>Pushes that workers are sending now.</summary>
    public long InFlight { get; init; }

    public IReadOnlyDictionary<(Provider Provider, OutcomeKind Outcome), long> Outcomes { get; init; } =
        new Dictionary<(Provider, OutcomeKind), long>();

    /// <summary>What kept the figures from being read; those above are then the last known.</summary>
    public string? Problem { get; init; }

    /// <summary>Pushes with a final outcome.</summary>
    public long Settled => Outcomes.Values.Sum();

    /// <summary>Pushes with this outcome at both providers.</summary>
    /// <param name="outcome">The outcome.</param>
    public long Count(OutcomeKind outcome) => Outcomes.Where(count => count.Key.Outcome == outcome).Sum(count => count.Value);

    /// <summary>How many a second, since an earlier reading.</summary>
    /// <param name="earlier">The earlier reading.</param>
    /// <param name="figure">Which figure.</param>
    public double PerSecond(Figures earlier, Func<Figures, long> figure)
    {
        var seconds = (At - earlier.At).TotalSeconds;
        return seconds <= 0 ? 0 : Math.Max(0, figure(this) - figure(earlier)) / seconds;
    }

    /// <summary>Whether something happened in between.</summary>
    /// <param name="earlier">The earlier reading.</param>
    public bool DiffersFrom(Figures earlier) =>
        (Accepted, Lag, DeadLetters, InFlight, Settled, Problem)
        != (earlier.Accepted, earlier.Lag, earlier.DeadLetters, earlier.InFlight, earlier.Settled, earlier.Problem);
}
