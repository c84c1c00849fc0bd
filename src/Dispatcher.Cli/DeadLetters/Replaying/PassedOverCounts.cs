namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>How many dead letters were passed over, by cause.</summary>
internal sealed class PassedOverCounts
{
    private readonly long[] _counts = new long[Enum.GetValues<PassedOver>().Length];

    public long this[PassedOver cause] => _counts[(int)cause];

    public void Add(PassedOver cause) => _counts[(int)cause]++;

    /// <summary>Those that an operator may want to know of, in words.</summary>
    /// <param name="maxReplays">The guard against loops.</param>
    public IEnumerable<string> Words(int maxReplays)
    {
        foreach (var cause in Enum.GetValues<PassedOver>())
        {
            if (this[cause] > 0)
                yield return $"{Output.Number.Text(this[cause])} {Word(cause, maxReplays)}";
        }
    }

    private static string Word(PassedOver cause, int maxReplays) => cause switch
    {
        PassedOver.SentBefore => "sent by this replay before",
        PassedOver.Expired => "past their time to live (--extend-ttl 1h, --include-expired)",
        PassedOver.TooOften => $"replayed {maxReplays} times or more (--max-replays, --force)",
        PassedOver.Undecodable => "no push that can be read",
        PassedOver.ValueOmitted => "whose value was too large to be kept",
        PassedOver.TooLarge => "longer than a worker takes",
        _ => "whose lane is not known (--to-class)",
    };
}
