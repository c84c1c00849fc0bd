namespace Dispatcher.Chaos.Books;

/// <summary>
/// What a handover may cause to be sent twice: what lay between the committed offset, where the new owner begins, and the last record
/// that the last owner can have read.
/// </summary>
/// <param name="Handover">The handover.</param>
/// <param name="Open">Every push there.</param>
/// <param name="Begun">How often they had been sent, or handed off to a delay tier, when it happened.</param>
internal sealed record Exposure(Handover Handover, IReadOnlyCollection<Story> Open, int Begun)
{
    /// <summary>
    /// How many duplicates it may cause. One for each request that had left; an owner that was not stopped by it goes on for a moment
    /// with what it has in memory.
    /// </summary>
    /// <param name="inMemory">The most that a worker has in memory for a lane.</param>
    public int Bound(int inMemory) => Handover.Cause switch
    {
        HandoverCause.Killed => Begun,
        HandoverCause.GivenUp => Math.Min(Open.Count, Begun + Handover.Abandoned),
        _ => Math.Min(Open.Count, Begun + inMemory),
    };

    /// <summary>Measures a handover.</summary>
    public static Exposure Of(Handover handover, Consumption consumption, Journal journal, CommitHistory commits)
    {
        var open = new HashSet<Story>();
        var records = journal.RecordsOf(handover.Partition);
        for (var offset = (int)commits.At(handover.Pump, handover.Partition, handover.At); offset < records.Count; offset++)
        {
            if (records[offset] is not { } story)
                continue;
            var record = story.Records.Find(record => record.Partition == handover.Partition && record.Offset == offset);
            if (record.At <= handover.LastRead && consumption.Takes(record))
                open.Add(story);
        }

        return new Exposure(handover, open, open.Sum(story => CountBegun(story, handover)));
    }

    private static int CountBegun(Story story, Handover handover)
    {
        var sent = story.Taken.Count(taken => taken <= handover.At);
        var isHandedOff = story.Records.Exists(
            record => record.Lane is not null && record.Partition != handover.Partition && record.At <= handover.At);
        return Math.Max(sent, isHandedOff ? 1 : 0);
    }
}
