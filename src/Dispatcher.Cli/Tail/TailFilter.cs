namespace Dispatcher.Cli.Tail;

/// <summary>Which records are wanted; what is not given does not matter. Case never does.</summary>
internal sealed record TailFilter
{
    public IReadOnlyList<string> Apps { get; init; } = [];

    public IReadOnlyList<string> Outcomes { get; init; } = [];

    public IReadOnlyList<string> Reasons { get; init; } = [];

    public IReadOnlyList<Guid> Ids { get; init; } = [];

    /// <summary>Nothing that happened earlier.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether every record is wanted.</summary>
    public bool TakesAll => Apps.Count + Outcomes.Count + Reasons.Count + Ids.Count == 0;

    public bool Matches(TailLine line) =>
        Matches(Apps, line.App)
        && Matches(Outcomes, line.Outcome)
        && Matches(Reasons, line.Reason)
        && (Ids.Count == 0 || (line.Id is { } id && Ids.Contains(id)))
        && (Since is not { } since || line.At >= since);

    private static bool Matches(IReadOnlyList<string> wanted, string? actual) =>
        wanted.Count == 0 || wanted.Contains(actual, StringComparer.OrdinalIgnoreCase);
}
