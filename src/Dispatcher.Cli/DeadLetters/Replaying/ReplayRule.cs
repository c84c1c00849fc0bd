namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>What a replay takes of the dead letters that can be replayed at all.</summary>
/// <param name="TakesExpired">Also pushes past their time to live.</param>
/// <param name="MaxReplays">Nothing that was replayed so often already: the guard against a loop.</param>
internal readonly record struct ReplayRule(bool TakesExpired, int MaxReplays)
{
    public bool IsTooOften(int replays) => replays >= MaxReplays;

    /// <param name="expiresAt">The end of the push's time to live, where it has one.</param>
    /// <param name="at">The instant of the question.</param>
    public bool IsTooLate(DateTimeOffset? expiresAt, DateTimeOffset at) => !TakesExpired && expiresAt <= at;

    /// <summary>Whether whatever this takes is taken by another, too.</summary>
    public bool IsWithin(ReplayRule other) => (!TakesExpired || other.TakesExpired) && MaxReplays <= other.MaxReplays;

    /// <summary>Takes what either takes.</summary>
    public ReplayRule Or(ReplayRule other) => new(TakesExpired || other.TakesExpired, Math.Max(MaxReplays, other.MaxReplays));
}
