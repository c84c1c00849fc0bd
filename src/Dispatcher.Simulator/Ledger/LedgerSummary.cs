namespace Dispatcher.Simulator.Ledger;

/// <summary>The ledger in numbers, since it was last cleared.</summary>
/// <param name="Total">Answers.</param>
/// <param name="Accepted">Answers with status 200.</param>
/// <param name="Duplicates">Accepted although the same id had been accepted before, as far back as entries are kept.</param>
/// <param name="Dropped">Entries that made room for newer ones.</param>
/// <param name="Counts">Answers by provider, status and reason.</param>
public sealed record LedgerSummary(long Total, long Accepted, long Duplicates, long Dropped, IReadOnlyList<LedgerCount> Counts)
{
    /// <summary>How many answers match.</summary>
    /// <param name="provider"><see langword="null"/>: both.</param>
    /// <param name="outcome"><c>accepted</c>, <c>refused</c>, a status or a reason; <see langword="null"/>: all.</param>
    public long Count(string? provider, string? outcome) => Counts
        .Where(row => provider is null || row.Provider.Equals(provider, StringComparison.OrdinalIgnoreCase))
        .Where(row => outcome is null || row.Is(outcome))
        .Sum(row => row.Count);
}

/// <summary>One row of <see cref="LedgerSummary.Counts"/>.</summary>
public sealed record LedgerCount(string Provider, int Status, string? Reason, long Count)
{
    internal bool Is(string outcome) => outcome.ToUpperInvariant() switch
    {
        "ACCEPTED" => Status == 200,
        "REFUSED" => Status != 200,
        var other when int.TryParse(other, out var status) => Status == status,
        var other => other.Equals(Reason, StringComparison.OrdinalIgnoreCase),
    };
}
