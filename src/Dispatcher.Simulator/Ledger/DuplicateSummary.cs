namespace Dispatcher.Simulator.Ledger;

/// <summary>What was accepted more than once. As far back as entries are kept: a key forgotten meanwhile counts anew.</summary>
/// <param name="Count">Keys accepted more than once.</param>
/// <param name="Extra">Acceptances beyond each key's first.</param>
/// <param name="First">The first <see cref="Shown"/> of them.</param>
public sealed record DuplicateSummary(long Count, long Extra, IReadOnlyList<Duplicate> First)
{
    /// <summary>Enough to look into.</summary>
    public const int Shown = 20;
}

/// <summary>A key that was accepted more than once.</summary>
/// <param name="Key">The id or the token.</param>
/// <param name="Accepted">How often; 0 when its entries have made room since.</param>
public sealed record Duplicate(string Key, int Accepted);
