namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>One way of a replay through a part of a partition: what it took there can be told from the record alone.</summary>
/// <param name="From">The first offset.</param>
/// <param name="To">The first offset that it did not reach.</param>
/// <param name="At">The instant at which times to live were judged, in whole milliseconds.</param>
/// <param name="Rule">What it took.</param>
internal sealed record ReplayPass(long From, long To, DateTimeOffset At, ReplayRule Rule)
{
    /// <summary>Whether it has sent a dead letter that can be replayed.</summary>
    /// <param name="offset">Where that is.</param>
    /// <param name="replays">How often it was replayed before.</param>
    /// <param name="expiresAt">The end of its time to live, where it has one.</param>
    public bool Took(long offset, int replays, DateTimeOffset? expiresAt) =>
        offset >= From && offset < To && !Rule.IsTooOften(replays) && !Rule.IsTooLate(expiresAt, At);

    /// <summary>One pass for two that meet: takes at least what they took, so that nothing is sent twice for want of memory.</summary>
    public ReplayPass Or(ReplayPass next) =>
        new(Math.Min(From, next.From), Math.Max(To, next.To), At < next.At ? At : next.At, Rule.Or(next.Rule));
}
