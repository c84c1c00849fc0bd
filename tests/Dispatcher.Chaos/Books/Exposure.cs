namespace Dispatcher.Chaos.Books;

/// <summary>
/// What a handover may cause to be sent twice: what lay between the committed offset, where the new owner begins, and the last record
/// that the last owner can have read.
/// </summary>
/// <param name="Handover">The handover.</param>
/// <param name="Open">Every push there, with how often the last owner had sent it, or handed it off to a delay tier, by then.</param>
internal sealed record Exposure(Handover Handover, IReadOnlyDictionary<Story, int> Open)
{
    /// <summary>How many duplicates it may cause.</summary>
    /// <param name="inMemory">The most that a worker has in memory for a lane.</param>
    public int Bound(int inMemory) => Handover.Cause switch
    {
        HandoverCause.Killed => Open.Values.Sum(),
        HandoverCause.GivenUp => Math.Min(Open.Count, Handover.Abandoned),
        HandoverCause.CommitRefused => Math.Min(Open.Values.Sum(AtLeastOnce), Open.Values.Sum() + Handover.Abandoned),
        // It was not stopped by it, and went on for a moment with what it had in memory.
        _ => Math.Min(Open.Values.Sum(AtLeastOnce), Open.Values.Sum() + inMemory),
    };

    /// <summary>How many duplicates of one push it may cause.</summary>
    public int BoundOf(Story story) => Handover switch
    {
        { Cause: HandoverCause.Killed } or { Cause: HandoverCause.CommitRefused, Abandoned: 0 } => Open[story],
        { Cause: HandoverCause.GivenUp, Abandoned: 0 } => 0,
        _ => AtLeastOnce(Open[story]),
    };

    /// <summary>Measures a handover.</summary>
    public static Exposure Of(Handover handover, Consumption consumption, Journal journal, CommitHistory commits)
    {
        var open = new Dictionary<Story, int>();
        var records = journal.RecordsOf(handover.Partition);
        for (var offset = (int)commits.At(handover.Pump, handover.Partition, handover.At); offset < records.Count; offset++)
        {
            if (records[offset] is not { } story)
                continue;
            var record = story.Records.Find(record => record.Partition == handover.Partition && record.Offset == offset);
            if (record.At <= handover.LastRead && consumption.Takes(record))
                open[story] = Begun(story, handover);
        }

        return new Exposure(handover, open);
    }

    private static int AtLeastOnce(int begun) => Math.Max(1, begun);

    private static int Begun(Story story, Handover handover)
    {
        bool IsByLastOwner(DateTimeOffset at) => at > handover.Since && at <= handover.At;
        var isHandedOff = story.Records.Exists(
            record => record.Lane is not null && record.Partition != handover.Partition && IsByLastOwner(record.At));
        return Math.Max(story.Taken.Count(IsByLastOwner), isHandedOff ? 1 : 0);
    }
}
