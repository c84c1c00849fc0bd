namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>What was asked for.</summary>
internal sealed record ReplayOrder
{
    /// <summary>The replay's name.</summary>
    public required string Replay { get; init; }

    /// <summary>A short hash of the filters as typed.</summary>
    public required string FilterHash { get; init; }

    public required DeadLetterFilter Filter { get; init; }

    public required ReplayRule Rule { get; init; }

    public required ReplayChange Change { get; init; }

    /// <summary>Pushes a second; infinity for as fast as it goes.</summary>
    public double Rate { get; init; } = double.PositiveInfinity;

    /// <summary>So many in this run at most.</summary>
    public long Limit { get; init; } = long.MaxValue;

    /// <summary>Go on where the lanes have forgotten what the last run sent.</summary>
    public bool IsForced { get; init; }
}
