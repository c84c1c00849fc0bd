namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>
/// What a replay has sent of one partition, over all of its runs. A run with a wider rule than an earlier one goes back for what that one
/// passed over, and sends nothing that it had sent.
/// </summary>
/// <param name="Passes">In the order in which they were made.</param>
internal sealed record ReplayHistory(IReadOnlyList<ReplayPass> Passes)
{
    /// <summary>More do not fit into a commit's metadata, of which a broker takes 4,096 bytes by default; the oldest are merged.</summary>
    public const int MaxPasses = 40;

    public static readonly ReplayHistory None = new([]);

    /// <summary>Whether a dead letter that can be replayed was sent.</summary>
    /// <param name="offset">Where it is.</param>
    /// <param name="replays">How often it was replayed before.</param>
    /// <param name="expiresAt">The end of its time to live, where it has one.</param>
    public bool HasTaken(long offset, int replays, DateTimeOffset? expiresAt)
    {
        foreach (var pass in Passes)
        {
            if (pass.Took(offset, replays, expiresAt))
                return true;
        }

        return false;
    }

    /// <summary>Where a run begins: behind all that earlier ones left nothing of for its rule.</summary>
    /// <param name="rule">The run's rule.</param>
    /// <param name="first">The first offset that there is.</param>
    public long Start(ReplayRule rule, long first)
    {
        var start = first;
        var wide = Passes.Where(pass => rule.IsWithin(pass.Rule)).OrderBy(pass => pass.From);
        foreach (var pass in wide)
        {
            if (pass.From <= start && pass.To > start)
                start = pass.To;
        }

        return start;
    }

    /// <summary>With another pass; one that continues the last joins it where nothing is lost by that.</summary>
    public ReplayHistory With(ReplayPass pass)
    {
        if (pass.To <= pass.From)
            return this;
        var passes = Passes.ToList();
        if (passes is [.., var last] && last.To == pass.From && last.At == pass.At && last.Rule == pass.Rule)
            passes[^1] = last.Or(pass);
        else
            passes.Add(pass);
        while (passes.Count > MaxPasses)
        {
            // Two that do not meet would claim what lies between them: then the gap counts as sent, and is not sent twice at least.
            passes[1] = passes[0].Or(passes[1]);
            passes.RemoveAt(0);
        }

        return new ReplayHistory(passes);
    }
}
