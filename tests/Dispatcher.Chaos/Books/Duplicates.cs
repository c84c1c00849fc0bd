namespace Dispatcher.Chaos.Books;

/// <summary>Why a provider may take a push once more than it should.</summary>
internal enum DuplicateCause
{
    WorkerKilled,
    WorkerHung,
    PartitionsLost,

    /// <summary>Pushes in flight outlasted the time that a rebalance waits for them.</summary>
    GivenUp,

    /// <summary>In-memory Kafka refuses commits during a rebalance; a real one does not, and there this is nothing.</summary>
    CommitRefused,

    /// <summary>The provider's answer was lost.</summary>
    Ambiguous,

    /// <summary>In-memory Kafka wrote a record twice that was produced once: it does not know a repeated request.</summary>
    WrittenTwice,
}

/// <summary>How often pushes were taken too often, why, and how often that may have been.</summary>
/// <param name="Total">Acceptances beyond the first of each push.</param>
/// <param name="Seen">By cause. A push that has several causes is counted at one.</param>
/// <param name="Bounds">So many at most, by cause.</param>
/// <param name="Unexplained">Pushes taken more often than anything explains.</param>
internal sealed record Duplicates(
    int Total, IReadOnlyDictionary<DuplicateCause, int> Seen, IReadOnlyDictionary<DuplicateCause, int> Bounds, IReadOnlyList<Story> Unexplained)
{
    public int Bound => Bounds.Values.Sum();

    /// <summary>Explains every one of them by itself: neither may a push come twice without a cause of its own, nor all together too often.</summary>
    /// <param name="stories">Every push that was promised.</param>
    /// <param name="exposures">Every handover.</param>
    /// <param name="inMemory">The most that a worker has in memory for a lane.</param>
    public static Duplicates In(IReadOnlyCollection<Story> stories, IReadOnlyList<Exposure> exposures, int inMemory)
    {
        var exposed = exposures
            .SelectMany(exposure => exposure.Open.Keys.Select(story => (Story: story, Exposure: exposure)))
            .ToLookup(pair => pair.Story, pair => pair.Exposure);
        var seen = Enum.GetValues<DuplicateCause>().ToDictionary(cause => cause, _ => 0);
        var bounds = seen.ToDictionary();
        var unexplained = new List<Story>();
        foreach (var exposure in exposures)
            bounds[CauseOf(exposure.Handover)] += exposure.Bound(inMemory);
        foreach (var story in stories)
        {
            bounds[DuplicateCause.WrittenTwice] += WrittenTwice(story);
            bounds[DuplicateCause.Ambiguous] += Ambiguous(story);
            if (story.Taken.Count > 1 && !Explain(story, exposed[story], seen))
                unexplained.Add(story);
        }

        return new Duplicates(stories.Sum(story => Math.Max(0, story.Taken.Count - 1)), seen, bounds, unexplained);
    }

    private static bool Explain(Story story, IEnumerable<Exposure> exposures, Dictionary<DuplicateCause, int> seen)
    {
        var left = story.Taken.Count - 1;
        void Take(DuplicateCause cause, int count)
        {
            var taken = Math.Min(left, count);
            left -= taken;
            seen[cause] += taken;
        }

        Take(DuplicateCause.WrittenTwice, WrittenTwice(story));
        foreach (var exposure in exposures.OrderBy(exposure => exposure.Handover.At))
            Take(CauseOf(exposure.Handover), exposure.BoundOf(story));
        Take(DuplicateCause.Ambiguous, Ambiguous(story));
        return left == 0;
    }

    /// <summary>Requests that left and were not answered: those that workers count, less those that the providers answered for good.</summary>
    private static int Ambiguous(Story story) =>
        Math.Max(0, story.Endings.Sum(ending => ending.Attempts) - story.Endings.Count - story.Refused);

    private static int WrittenTwice(Story story) =>
        Math.Max(0, story.Records.Count(record => record.Lane is null) - 1)
        + story.Records.Where(record => record.Lane is not null).GroupBy(record => record.Due).Sum(handOff => handOff.Count() - 1);

    private static DuplicateCause CauseOf(Handover handover) => handover.Cause switch
    {
        HandoverCause.Killed => DuplicateCause.WorkerKilled,
        HandoverCause.Hung => DuplicateCause.WorkerHung,
        HandoverCause.Lost => DuplicateCause.PartitionsLost,
        HandoverCause.GivenUp => DuplicateCause.GivenUp,
        _ => DuplicateCause.CommitRefused,
    };
}
